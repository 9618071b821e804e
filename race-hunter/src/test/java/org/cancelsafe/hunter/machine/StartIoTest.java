package org.cancelsafe.hunter.machine;

import static org.cancelsafe.hunter.machine.Hunts.assertFinds;
import static org.cancelsafe.hunter.machine.Hunts.assertSafe;

import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.junit.jupiter.api.Test;

/** StartIo on two processors at once. */
class StartIoTest {
  /**
   * StartIo asks for the next IRP itself. When the queue has run empty on one processor, it is busy at once on another,
   * whose calls are none of the first one's.
   */
  @Test
  void deferredItIsNeverCalledWhileItRuns() {
    assertSafe(2, machine -> twoReads(machine, true, 1));
  }

  @Test
  void askedForOnceTooOftenTheQueueIsNotBusy() {
    assertFinds("DeviceQueueNotBusy", 2, machine -> twoReads(machine, true, 2));
    assertFinds("DeviceQueueNotBusy", 2, machine -> twoReads(machine, false, 2));
  }

  private static void twoReads(Machine machine, boolean deferred, int asks) {
    IoManager io = IoManager.of(machine);
    Shared<Integer> started = new Shared<>("started", 0);
    DriverObject driver =
        new DriverObject("driver")
            .setMajorFunction(
                MajorFunction.IRP_MJ_READ,
                (device, irp) -> {
                  irp.markPending();
                  device.startPacket(irp, null, null);
                  return NtStatus.STATUS_PENDING;
                })
            .setDriverStartIo(
                (device, irp) -> {
                  started.set(started.get() + 1);
                  for (int i = 0; i < asks; i++) {
                    device.startNextPacket(false);
                  }
                  irp.setIoStatus(NtStatus.STATUS_SUCCESS, 0);
                  io.completeRequest(irp);
                });
    DeviceObject device = io.createDevice(driver, "dev0", null);
    device.setStartIoAttributes(deferred, false);
    for (int i = 0; i < 2; i++) {
      Irp read = io.buildRequest(new FileObject("file", device), MajorFunction.IRP_MJ_READ);
      machine.startThread("Read" + i, () -> io.callDriver(device, read));
    }
    machine.afterwards(
        () -> {
          if (started.get() != 2) {
            throw new AssertionError("started " + started.get() + " IRPs of 2");
          }
        });
  }
}
