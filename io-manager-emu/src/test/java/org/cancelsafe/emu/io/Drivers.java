package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;

import org.cancelsafe.emu.machine.Machine;

/** Devices whose read routine a test writes. */
final class Drivers {
  private Drivers() {}

  static DeviceObject device(Machine machine, DriverDispatch read) {
    return IoManager.of(machine).createDevice(driver("driver", read), "device", null);
  }

  /** A device on top of another one. */
  static DeviceObject above(Machine machine, DeviceObject lower, DriverDispatch read) {
    return IoManager.of(machine).attachDevice(driver("upper driver", read), "upper", null, lower);
  }

  private static DriverObject driver(String name, DriverDispatch read) {
    return new DriverObject(name).setMajorFunction(IRP_MJ_READ, read);
  }

  /** Sends a read of the test's own to a device; returns the IRP. */
  static Irp read(Machine machine, DeviceObject device) {
    return IoManager.of(machine).request(new FileObject("file", device), IRP_MJ_READ);
  }

  /** Completes an IRP; returns the status. */
  static NtStatus complete(Irp irp, NtStatus status) {
    irp.setIoStatus(status, 0);
    irp.io().completeRequest(irp);
    return status;
  }

  /** A dispatch routine that completes with this. */
  static DriverDispatch completing(NtStatus status) {
    return (device, irp) -> complete(irp, status);
  }

  /** A dispatch routine that pends and does nothing else. */
  static NtStatus pend(DeviceObject device, Irp irp) {
    irp.markPending();
    return NtStatus.STATUS_PENDING;
  }
}
