package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.emu.verifier.Verifier;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a driver owes to an IRP that is, or may be, cancelled. */
@Timeout(60)
class CancelledIrpTest {
  private static void completeCancelled(DeviceObject device, Irp irp) {
    irp.io().releaseCancelSpinLock(irp.cancelIrql());
    Drivers.complete(irp, STATUS_CANCELLED);
  }

  private static NtStatus armWithoutLooking(DeviceObject device, Irp irp) {
    irp.markPending();
    irp.setCancelRoutine(CancelledIrpTest::completeCancelled);
    return STATUS_PENDING;
  }

  private static NtStatus armAndLook(DeviceObject device, Irp irp) {
    armWithoutLooking(device, irp);
    if (irp.cancel() && irp.setCancelRoutine(null) != null) {
      Drivers.complete(irp, STATUS_CANCELLED);
    }
    return STATUS_PENDING;
  }

  @Test
  @Statement(122)
  void armingWithoutLookingAtCancel() {
    BugCheck stop =
        stopsWith(
            Rule.IRP_CANCEL_FIELD,
            Machine.live().verifier(Verifier.EVERYTHING),
            machine -> Drivers.read(machine, Drivers.device(machine, CancelledIrpTest::armWithoutLooking)));
    assertEquals("IrpCancelField", stop.rule().ruleName());
    onMachine(
        Machine.live().verifier(Verifier.STANDARD),
        machine -> Drivers.read(machine, Drivers.device(machine, CancelledIrpTest::armWithoutLooking)));
    onMachine(
        Machine.live().verifier(Verifier.EVERYTHING),
        machine -> {
          Drivers.read(machine, Drivers.device(machine, CancelledIrpTest::armAndLook));
          Irp cancelled = IoManager.of(machine).allocateIrp(1);
          cancelled.nextStackLocation().setMajorFunction(MajorFunction.IRP_MJ_READ);
          cancelled.io().cancelIrp(cancelled);
          cancelled.io().callDriver(Drivers.device(machine, CancelledIrpTest::armAndLook), cancelled);
          assertEquals(STATUS_CANCELLED, cancelled.userIosb().status());
        });
  }

  @Test
  @Statement(125)
  void aCancelledIrpMayCompleteWithSuccess() {
    onMachine(
        machine -> {
          Irp irp = Drivers.read(machine, Drivers.device(machine, Drivers::pend));
          irp.io().cancelIrp(irp);
          assertTrue(irp.cancel());
          Drivers.complete(irp, STATUS_SUCCESS);
          assertEquals(STATUS_SUCCESS, irp.userIosb().status());
        });
  }

  @Test
  @Statement(129)
  void aCancelledIrpThatIsCompletedTooLate() {
    BugCheck stop =
        stopsWith(
            Rule.CANCELLED_IRP_NOT_COMPLETED,
            machine -> {
              Irp irp = Drivers.read(machine, Drivers.device(machine, Drivers::pend));
              irp.io().setCancelledIrpLimit(Duration.ofMillis(5));
              irp.io().cancelIrp(irp);
              Ke.delayExecutionThread(200_000);
              Drivers.complete(irp, STATUS_CANCELLED);
            });
    assertEquals(0x135, stop.parameters().get(0));
    assertEquals("IRP#1", stop.parameters().get(1).toString());
    assertTrue((int) stop.parameters().get(2) > 5, stop.parameters().toString());
    onMachine(
        machine -> {
          Irp irp = Drivers.read(machine, Drivers.device(machine, Drivers::pend));
          irp.io().setCancelledIrpLimit(Duration.ofMillis(5));
          Ke.delayExecutionThread(100_000);
          Drivers.complete(irp, STATUS_CANCELLED);
        });
  }

  @Test
  @Statement(75)
  void completingWithASpinLockHeld() {
    stopsWith(
        Rule.SPIN_LOCK_SAFE,
        machine -> {
          Irp irp = Drivers.read(machine, Drivers.device(machine, Drivers::pend));
          new KSpinLock("L").acquire();
          Drivers.complete(irp, STATUS_SUCCESS);
        });
  }
}
