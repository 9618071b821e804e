package com.example.reader;

import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverDispatch;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.machine.Machine;

/** What the driver's clients do. */
final class Reads {
  private Reads() {}

  /** One thread sends a read, another one cancels it. */
  static Irp raceForARead(Machine machine, DriverDispatch read) {
    IoManager io = IoManager.of(machine);
    DriverObject driver = new DriverObject("reader").setMajorFunction(MajorFunction.IRP_MJ_READ, read);
    DeviceObject device = io.createDevice(driver, "dev0", null);
    Irp irp = io.buildRequest(new FileObject("file", device), MajorFunction.IRP_MJ_READ);
    machine.startThread("Read", () -> io.callDriver(device, irp));
    machine.startThread("Cancel", () -> io.cancelIrp(irp));
    return irp;
  }
}
