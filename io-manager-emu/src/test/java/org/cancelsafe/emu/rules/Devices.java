package org.cancelsafe.emu.rules;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;

import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverDispatch;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Machine;

/** Devices for examples, which read. */
final class Devices {
  private Devices() {}

  static DeviceObject device(Machine machine, DriverDispatch read) {
    return IoManager.of(machine).createDevice(driver(read), "device", null);
  }

  static DeviceObject above(DeviceObject lower, DriverDispatch read) {
    return lower.io().attachDevice(driver(read), "upper", null, lower);
  }

  private static DriverObject driver(DriverDispatch read) {
    return new DriverObject("driver").setMajorFunction(IRP_MJ_READ, read);
  }

  /** A requester reads from a device. */
  static Irp read(DeviceObject device) {
    return device.io().request(new FileObject("file", device), IRP_MJ_READ);
  }

  /** A requester reads from a device that does this. */
  static Irp read(Machine machine, DriverDispatch read) {
    return read(device(machine, read));
  }

  static NtStatus complete(Irp irp) {
    return complete(irp, NtStatus.STATUS_SUCCESS);
  }

  static NtStatus complete(Irp irp, NtStatus status) {
    irp.setIoStatus(status, 0);
    irp.io().completeRequest(irp);
    return status;
  }

  static NtStatus completeAtOnce(DeviceObject device, Irp irp) {
    return complete(irp);
  }

  static NtStatus pend(DeviceObject device, Irp irp) {
    irp.markPending();
    return NtStatus.STATUS_PENDING;
  }

  /** A cancel routine that completes its IRP. */
  static void cancel(DeviceObject device, Irp irp) {
    irp.io().releaseCancelSpinLock(irp.cancelIrql());
    complete(irp, NtStatus.STATUS_CANCELLED);
  }
}
