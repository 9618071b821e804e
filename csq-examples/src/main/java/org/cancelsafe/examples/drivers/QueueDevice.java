package org.cancelsafe.examples.drivers;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.cancelsafe.csq.CsqCallbacks;
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
import org.cancelsafe.hunter.scenario.Scenario.Model;
import org.jspecify.annotations.Nullable;

/** A driver that does nothing with its reads but queue them. */
public final class QueueDevice {
  private static final int CONTEXT = 0;

  private final IoManager io;
  private final IoCsq csq = new IoCsq();
  private final DeviceObject device;

  /**
   * A device.
   *
   * @param initialize how its queue is initialised
   */
  public QueueDevice(Machine machine, Consumer<IoCsq> initialize) {
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

  /** Its queue. */
  public IoCsq csq() {
    return csq;
  }

  /** Opens a file of it. */
  public FileObject open(String name) {
    return new FileObject(name, device);
  }

  /** A read of this file, not sent yet. */
  public Irp newRead(FileObject file) {
    return io.buildRequest(file, MajorFunction.IRP_MJ_READ);
  }

  /** Has this read queued with a context. */
  public static void setContext(Irp irp, IoCsqIrpContext context) {
    irp.setDriverContext(CONTEXT, context);
  }

  /** Sends a read. */
  public void send(Irp irp) {
    io.callDriver(device, irp);
  }

  /** Cancels a read. */
  public void cancel(Irp irp) {
    io.cancelIrp(irp);
  }

  /** Serves an IRP that was taken out of the queue, if one was. */
  public void serve(@Nullable Irp irp) {
    if (irp != null) {
      complete(irp, NtStatus.STATUS_SUCCESS);
    }
  }

  private void complete(Irp irp, NtStatus status) {
    irp.setIoStatus(status, 0);
    io.completeRequest(irp);
  }

  /** A read is sent, cancelled and taken out of the queue, all at once. */
  public static Model insertCancelRemove(Supplier<? extends CsqCallbacks> callbacks) {
    return machine -> {
      QueueDevice device = new QueueDevice(machine, csq -> csq.initialize(callbacks.get()));
      Irp irp = device.newRead(device.open("file"));
      machine.startThread("Read", () -> device.send(irp));
      machine.startThread("Cancel", () -> device.cancel(irp));
      machine.startThread("Remove", () -> device.serve(device.csq().removeNextIrp(null)));
      machine.afterwards(() -> Expect.completed(irp));
    };
  }
}
