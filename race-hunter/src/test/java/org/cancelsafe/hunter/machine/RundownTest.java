package org.cancelsafe.hunter.machine;

import static org.cancelsafe.hunter.machine.Hunts.assertFinds;
import static org.cancelsafe.hunter.machine.Hunts.assertSafe;

import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverCancel;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** What becomes of IRPs that are pending when a scenario is over. */
class RundownTest {
  private static Scenario.Model onePendingRead(DriverCancel routine) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      DriverObject driver = new DriverObject("driver");
      driver.setMajorFunction(
          MajorFunction.IRP_MJ_READ,
          (device, irp) -> {
            irp.markPending();
            irp.setCancelRoutine(routine);
            return NtStatus.STATUS_PENDING;
          });
      FileObject file = new FileObject("file", io.createDevice(driver, "device", null));
      machine.startThread("Read", () -> io.request(file, MajorFunction.IRP_MJ_READ));
    };
  }

  private static void complete(DeviceObject device, Irp irp) {
    irp.io().releaseCancelSpinLock(irp.cancelIrql());
    irp.setIoStatus(NtStatus.STATUS_CANCELLED, 0);
    irp.io().completeRequest(irp);
  }

  @Test
  void pendingIrpIsCancelledAtTheEndAndNotLost() {
    assertSafe(2, onePendingRead(RundownTest::complete));
  }

  @Test
  void pendingIrpThatCannotBeCancelledIsLost() {
    assertFinds("CancelledIrpNotCompleted", 2, onePendingRead(null));
    assertFinds(
        "CancelledIrpNotCompleted",
        2,
        onePendingRead((device, irp) -> irp.io().releaseCancelSpinLock(irp.cancelIrql())));
  }
}
