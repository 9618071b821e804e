package org.cancelsafe.examples.guide;

import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.machine.Machine;

/** What happens to the driver of the guide. */
final class Bell {
  private Bell() {}

  static void readRingCancel(Machine machine, BellDriver driver) {
    IoManager io = IoManager.of(machine);
    BellExtension bell = new BellExtension();
    DeviceObject device = io.createDevice(driver.driverObject(), "bell0", bell);
    Irp read = io.buildRequest(new FileObject("file", device), MajorFunction.IRP_MJ_READ);
    KDpc bellDpc = new KDpc("BellDpc", (dpc, context, one, two) -> driver.bellDpc(bell), null);

    machine.startThread("Read", () -> io.callDriver(device, read));
    machine.startThread("Cancel", () -> io.cancelIrp(read));
    bellDpc.insertQueue(null, null); // it runs when a processor lets it: before the read, after it, or in between
  }

  static void twoReads(Machine machine, BellDriver driver) {
    IoManager io = IoManager.of(machine);
    BellExtension bell = new BellExtension();
    DeviceObject device = io.createDevice(driver.driverObject(), "bell0", bell);
    FileObject file = new FileObject("file", device);
    Irp first = io.request(file, MajorFunction.IRP_MJ_READ);
    Irp second = io.request(file, MajorFunction.IRP_MJ_READ);
    KDpc bellDpc = new KDpc("BellDpc", (dpc, context, one, two) -> driver.bellDpc(bell), null);

    machine.startThread("Cancel", () -> io.cancelIrp(first));
    bellDpc.insertQueue(null, null);
    machine.afterwards(
        () -> {
          if (bell.rings.get() > 0 && second.userIosb().status() == null) {
            throw new AssertionError("the bell has rung, and " + second + " still waits for it");
          }
        });
  }
}
