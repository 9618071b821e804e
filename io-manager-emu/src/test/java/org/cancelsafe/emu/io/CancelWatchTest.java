package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_MORE_PROCESSING_REQUIRED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.function.Consumer;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.LiveMachineBuilder;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.emu.verifier.Verifier;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;

/** Cancelable only by who holds the IRP, who looks at Cancel afterwards; and completed in time once cancelled. */
class CancelWatchTest {
  private static void cancel(DeviceObject device, Irp irp) {
    irp.io().releaseCancelSpinLock(irp.cancelIrql());
    Drivers.complete(irp, STATUS_CANCELLED);
  }

  private static DeviceObject device(Machine machine, DriverDispatch read) {
    return IoManager.of(machine)
        .createDevice(new DriverObject("lower").setMajorFunction(IRP_MJ_READ, read), "lower", null);
  }

  private static DeviceObject above(Machine machine, DeviceObject lower, DriverDispatch read) {
    return IoManager.of(machine)
        .attachDevice(new DriverObject("upper").setMajorFunction(IRP_MJ_READ, read), "upper", null, lower);
  }

  private static NtStatus pend(DeviceObject device, Irp irp) {
    irp.markPending();
    return STATUS_PENDING;
  }

  private static Consumer<Machine> armedBy(DriverDispatch upper) {
    return machine -> {
      Irp irp = Drivers.read(machine, above(machine, device(machine, CancelWatchTest::pend), upper));
      IoManager.of(machine).cancelIrp(irp);
    };
  }

  @Test
  @Statement(124)
  void settingACancelRoutineOnAnIrpThatIsBelow() {
    BugCheck stop =
        stopsWith(
            Rule.CANCEL_ROUTINE_ON_FORWARDED,
            machine -> {
              DeviceObject lower = device(machine, CancelWatchTest::pend);
              DriverDispatch upper =
                  (device, irp) -> {
                    irp.copyCurrentStackLocationToNext();
                    NtStatus status = irp.io().callDriver(lower, irp);
                    irp.setCancelRoutine(CancelWatchTest::cancel);
                    return status;
                  };
              Drivers.read(machine, above(machine, lower, upper));
            });
    assertEquals(0x229, stop.parameters().get(0));
  }

  @Test
  void theSameWhereTheLocationWasSkipped() {
    stopsWith(
        Rule.CANCEL_ROUTINE_ON_FORWARDED,
        machine -> {
          DeviceObject lower = device(machine, CancelWatchTest::pend);
          DriverDispatch upper =
              (device, irp) -> {
                irp.skipCurrentStackLocation();
                NtStatus status = irp.io().callDriver(lower, irp);
                irp.setCancelRoutine(CancelWatchTest::cancel);
                return status;
              };
          Drivers.read(machine, above(machine, lower, upper));
        });
  }

  @Test
  void whoHasItBackMaySetOne() {
    onMachine(
        machine -> {
          DeviceObject lower = device(machine, Drivers.completing(STATUS_SUCCESS));
          DriverDispatch upper =
              (device, irp) -> {
                irp.copyCurrentStackLocationToNext();
                irp.setCompletionRoutine(
                    (own, back, context) -> STATUS_MORE_PROCESSING_REQUIRED, null, true, true, true);
                irp.io().callDriver(lower, irp);
                irp.setCancelRoutine(CancelWatchTest::cancel);
                irp.setCancelRoutine(null);
                return Drivers.complete(irp, STATUS_SUCCESS);
              };
          Drivers.read(machine, above(machine, lower, upper));
        });
  }

  private static NtStatus armWithoutALook(DeviceObject device, Irp irp) {
    irp.markPending();
    irp.setCancelRoutine(CancelWatchTest::cancel);
    return STATUS_PENDING;
  }

  @Test
  @Statement(122)
  void notLookingAtCancelAfterSettingTheRoutine() {
    BugCheck stop =
        stopsWith(
            Rule.IRP_CANCEL_FIELD,
            Machine.live().verifier(Verifier.EVERYTHING),
            machine -> Drivers.read(machine, device(machine, CancelWatchTest::armWithoutALook)));
    assertEquals("IrpCancelField", stop.rule().ruleName());
  }

  private static void isRight(Verifier verifier, DriverDispatch read) {
    onMachine(
        Machine.live().verifier(verifier),
        machine -> {
          Irp irp = Drivers.read(machine, device(machine, read));
          IoManager.of(machine).cancelIrp(irp);
          assertEquals(STATUS_CANCELLED, irp.userIosb().status());
        });
  }

  @Test
  void onlyStaticDriverVerifierHasThatRule() {
    isRight(Verifier.STANDARD, CancelWatchTest::armWithoutALook);
  }

  @Test
  void lookingAtItIsRight() {
    isRight(
        Verifier.EVERYTHING,
        (device, irp) -> {
          NtStatus status = armWithoutALook(device, irp);
          irp.cancel();
          return status;
        });
  }

  @Test
  void soIsLookingBeforeUnderTheCancelSpinLock() {
    isRight(
        Verifier.EVERYTHING,
        (device, irp) -> {
          Irql irql = irp.io().acquireCancelSpinLock();
          irp.cancel();
          NtStatus status = armWithoutALook(device, irp);
          irp.io().releaseCancelSpinLock(irql);
          return status;
        });
  }

  @Test
  @Statement(125)
  void aCancelledIrpMayBeCompletedWithSuccess() {
    onMachine(
        Machine.live().verifier(Verifier.EVERYTHING),
        machine -> {
          Irp irp = Drivers.read(machine, device(machine, CancelWatchTest::pend));
          IoManager.of(machine).cancelIrp(irp);
          Drivers.complete(irp, STATUS_SUCCESS);
          assertEquals(STATUS_SUCCESS, irp.userIosb().status());
        });
  }

  private static LiveMachineBuilder withLimit(Duration limit) {
    return Machine.live().cancelLimit(limit);
  }

  @Test
  @Statement(129)
  void aCancelledIrpIsSlowerThanTheLimit() {
    BugCheck stop =
        stopsWith(
            Rule.CANCELLED_IRP_NOT_COMPLETED,
            withLimit(Duration.ofMillis(20)),
            armedBy(
                (device, irp) -> {
                  irp.markPending();
                  return STATUS_PENDING;
                }));
    assertEquals(0x135, stop.parameters().get(0));
    assertEquals("IRP#1", stop.parameters().get(1).toString());
    assertEquals(20, stop.parameters().get(2));
  }

  @Test
  void oneThatIsInTimeIsNobodysBusinessAndNobodyWaitsForTheLimit() {
    onMachine(
        withLimit(Duration.ofHours(1)),
        machine -> {
          Irp irp = Drivers.read(machine, device(machine, CancelWatchTest::pend));
          KEvent cancelled = new KEvent("cancelled", KEvent.Type.NOTIFICATION_EVENT, false);
          machine.startThread(
              "completer",
              () -> {
                cancelled.waitForSingleObject();
                Drivers.complete(irp, STATUS_CANCELLED);
              });
          IoManager.of(machine).cancelIrp(irp);
          cancelled.set();
        });
  }
}
