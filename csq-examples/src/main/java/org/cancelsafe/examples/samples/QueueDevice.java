package org.cancelsafe.examples.samples;

import java.util.function.Consumer;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.csq.IoCsqIrpContext;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Machine;
import org.jspecify.annotations.Nullable;

/** A driver that does nothing with its reads but queue them. */
final class QueueDevice {
  private static final int CONTEXT = 0;

  private final IoManager io;
  private final IoCsq csq = new IoCsq();
  private final DeviceObject device;

  /**
   * A device.
   *
   * @param initialize how its queue is initialised
   */
  QueueDevice(Machine machine, Consumer<IoCsq> initialize) {
    io = IoManager.of(machine);
    initialize.accept(csq);
    DriverObject driver = new DriverObject("queue").setMajorFunction(MajorFunction.IRP_MJ_READ, this::read);
    device = io.createDevice(driver, "queue0", this);
  }

  private NtStatus read(DeviceObject device, Irp irp) {
    IoCsqIrpContext context = irp.driverContext(CONTEXT) instanceof IoCsqIrpContext given ? given : null;
    NtStatus status = csq.insertIrpEx(irp, context, null);
    if (!status.isSuccess()) {
      complete(irp, status);
      return status;
    }
    return NtStatus.STATUS_PENDING;
  }

  IoCsq csq() {
    return csq;
  }

  FileObject open(String name) {
    return new FileObject(name, device);
  }

  /** A read of this file, not sent yet. */
  Irp newRead(FileObject file) {
    return io.buildRequest(file, MajorFunction.IRP_MJ_READ);
  }

  /** Has this read queued with a context. */
  static void setContext(Irp irp, IoCsqIrpContext context) {
    irp.setDriverContext(CONTEXT, context);
  }

  void send(Irp irp) {
    io.callDriver(device, irp);
  }

  void cancel(Irp irp) {
    io.cancelIrp(irp);
  }

  /** Serves an IRP that was taken out of the queue, if one was. */
  void serve(@Nullable Irp irp) {
    if (irp != null) {
      complete(irp, NtStatus.STATUS_SUCCESS);
    }
  }

  private void complete(Irp irp, NtStatus status) {
    irp.setIoStatus(status, 0);
    io.completeRequest(irp);
  }
}
