package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.cancelsafe.emu.io.NtStatus.STATUS_UNSUCCESSFUL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.emu.verifier.Verifier;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DispatchCheckTest {
  private static void breaks(Rule rule, int subcode, DriverDispatch read) {
    BugCheck stop = stopsWith(rule, machine -> Drivers.read(machine, Drivers.device(machine, read)));
    assertEquals(subcode, stop.parameters().get(0));
    assertTrue(
        stop.explanation().startsWith("the dispatch routine of device for IRP#1 returned "), stop.explanation());
  }

  @Test
  @Statement(78)
  void returningAtAnotherIrql() {
    breaks(
        Rule.DISPATCH_CHANGED_IRQL,
        0x05,
        (device, irp) -> {
          Ke.raiseIrqlToDpcLevel();
          return Drivers.complete(irp, STATUS_SUCCESS);
        });
  }

  @Test
  @Statement(168)
  void returningWithASpinLock() {
    breaks(
        Rule.SPIN_LOCK_HELD_AT_RETURN,
        0x40009,
        (device, irp) -> {
          NtStatus status = Drivers.complete(irp, STATUS_SUCCESS);
          new KSpinLock("L").acquire();
          return status;
        });
  }

  @Test
  @Statement(82)
  void returningPendingWithoutTheMark() {
    breaks(Rule.PENDING_NOT_MARKED, 0x23D, (device, irp) -> STATUS_PENDING);
  }

  @Test
  @Statement(83)
  void markingWithoutReturningPending() {
    breaks(
        Rule.MARKED_NOT_PENDING,
        0x23E,
        (device, irp) -> {
          irp.markPending();
          return Drivers.complete(irp, STATUS_SUCCESS);
        });
  }

  @Test
  @Statement(84)
  void droppingTheIrp() {
    breaks(Rule.IRP_DROPPED, 0x226, (device, irp) -> STATUS_SUCCESS);
  }

  @Test
  @Statement(85)
  void returningAnotherStatusThanTheIrps() {
    breaks(
        Rule.DISPATCH_STATUS_DIFFERS,
        0x224,
        (device, irp) -> {
          Drivers.complete(irp, STATUS_UNSUCCESSFUL);
          return STATUS_SUCCESS;
        });
  }

  @Test
  void withoutVerifierNothingOfThisIsChecked() {
    onMachine(
        Machine.live().verifier(Verifier.OFF),
        machine -> Drivers.read(machine, Drivers.device(machine, (device, irp) -> STATUS_SUCCESS)));
  }

  @Test
  void aRequestThatIsPendedAndCompletedElsewhere() {
    onMachine(
        machine -> {
          Irp irp = Drivers.read(machine, Drivers.device(machine, Drivers::pend));
          Drivers.complete(irp, STATUS_SUCCESS);
        });
  }

  /** Skips its location and returns what the lower driver returned. */
  private static DriverDispatch skipping(DeviceObject lower) {
    return (device, irp) -> {
      irp.skipCurrentStackLocation();
      return irp.io().callDriver(lower, irp);
    };
  }

  @Test
  void whoSkipsMayReturnWhatTheLowerDriverReturned() {
    onMachine(
        machine -> {
          DeviceObject prompt = Drivers.device(machine, Drivers.completing(STATUS_UNSUCCESSFUL));
          Drivers.read(machine, Drivers.above(machine, prompt, skipping(prompt)));
          DeviceObject slow = Drivers.device(machine, Drivers::pend);
          DeviceObject passing =
              Drivers.above(
                  machine,
                  slow,
                  (device, irp) -> {
                    irp.copyCurrentStackLocationToNext();
                    return irp.io().callDriver(slow, irp);
                  });
          Irp irp = Drivers.read(machine, Drivers.above(machine, passing, skipping(passing)));
          Drivers.complete(irp, STATUS_SUCCESS);
        });
  }

  @Test
  void whoSkipsMayNotTurnPendingIntoSuccess() {
    stopsWith(
        Rule.MARKED_NOT_PENDING,
        machine -> {
          DeviceObject slow = Drivers.device(machine, Drivers::pend);
          Drivers.read(
              machine,
              Drivers.above(
                  machine,
                  slow,
                  (device, irp) -> {
                    skipping(slow).dispatch(device, irp);
                    return STATUS_SUCCESS;
                  }));
        });
  }

  @Test
  void anIrpThatIsReusedBeforeItsFirstDispatchReturned() {
    onMachine(
        machine -> {
          KEvent pended = new KEvent("pended", KEvent.Type.SYNCHRONIZATION_EVENT, false);
          KEvent sentAgain = new KEvent("sent again", KEvent.Type.SYNCHRONIZATION_EVENT, false);
          int[] calls = new int[1];
          DeviceObject device =
              Drivers.device(
                  machine,
                  (self, irp) -> {
                    if (calls[0]++ > 0) {
                      return Drivers.complete(irp, STATUS_SUCCESS);
                    }
                    irp.markPending();
                    pended.set();
                    sentAgain.waitForSingleObject();
                    return STATUS_PENDING;
                  });
          IoManager io = IoManager.of(machine);
          FileObject file = new FileObject("F", device);
          Irp irp = io.buildRequest(file, MajorFunction.IRP_MJ_READ);
          machine.startThread("sender", () -> io.callDriver(device, irp));
          pended.waitForSingleObject();
          Drivers.complete(irp, STATUS_SUCCESS);
          irp.reuse(STATUS_SUCCESS);
          irp.nextStackLocation().setMajorFunction(MajorFunction.IRP_MJ_READ);
          io.callDriver(device, irp);
          sentAgain.set();
        });
  }

  @Test
  void sendingAboveDispatchLevel() {
    BugCheck stop =
        stopsWith(
            Rule.CALL_DRIVER_ABOVE_DISPATCH,
            machine -> {
              DeviceObject device = Drivers.device(machine, Drivers.completing(STATUS_SUCCESS));
              Ke.raiseIrql(Irql.DIRQL_3);
              Drivers.read(machine, device);
            });
    assertEquals(0x10, stop.parameters().get(0));
  }

  @Test
  @Statement(123)
  void sendingWithACancelRoutineSet() {
    BugCheck stop =
        stopsWith(
            Rule.FORWARD_WITH_CANCEL_ROUTINE,
            machine -> {
              DeviceObject bottom = Drivers.device(machine, Drivers.completing(STATUS_SUCCESS));
              Drivers.read(
                  machine,
                  Drivers.above(
                      machine,
                      bottom,
                      (device, irp) -> {
                        irp.setCancelRoutine((own, cancelled) -> {});
                        irp.copyCurrentStackLocationToNext();
                        return irp.io().callDriver(bottom, irp);
                      }));
            });
    assertEquals(0x203, stop.parameters().get(0));
  }
}
