package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_CLEANUP;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_CLOSE;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_CREATE;
import static org.cancelsafe.emu.io.NtStatus.STATUS_MORE_PROCESSING_REQUIRED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;

import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;

/** What the I/O manager asks of drivers itself: a file is opened, its last handle is closed, it goes away. */
final class Requests {
  private final IoManager io;

  Requests(IoManager io) {
    this.io = io;
  }

  Handle create(DeviceObject device, String name) {
    FileObject file = FileObject.opened(name, device);
    AtomicInteger handles = new AtomicInteger(1);
    if (device.life().isDeletePending()) {
      return new Handle(file, NtStatus.STATUS_NO_SUCH_DEVICE, handles);
    }
    if (!device.life().open(device.isExclusive())) {
      return new Handle(file, NtStatus.STATUS_ACCESS_DENIED, handles);
    }
    NtStatus status = send(file, IRP_MJ_CREATE);
    if (!status.isSuccess()) {
      device.life().closed();
    }
    return new Handle(file, status, handles);
  }

  void cleanUp(FileObject file) {
    send(file, IRP_MJ_CLEANUP);
    file.dereference();
  }

  /** The last reference is gone. Drivers are told at PASSIVE_LEVEL. */
  void close(FileObject file) {
    if (Activity.current().isAt(Irql.PASSIVE_LEVEL)) {
      closeNow(file);
    } else {
      io.machine().startThread("worker", () -> closeNow(file)).background();
    }
  }

  private void closeNow(FileObject file) {
    send(file, IRP_MJ_CLOSE);
    file.deviceObject().life().closed();
  }

  private NtStatus send(FileObject file, MajorFunction major) {
    DeviceObject device = file.getRelatedDeviceObject();
    Irp irp = io.newIrp(device.stackSize());
    irp.setRequest();
    IoStackLocation next = irp.nextStackLocation();
    next.setMajorFunction(major);
    next.setFileObject(file);
    sendAndWait(device, irp);
    NtStatus status = irp.status();
    io.freeIrp(irp);
    return status;
  }

  /** Sends an IRP whose next location is set up, and waits until it is the caller's again. */
  void sendAndWait(DeviceObject device, Irp irp) {
    KEvent completed = new KEvent(irp + " completed", KEvent.Type.NOTIFICATION_EVENT, false);
    irp.setCompletionRoutine(Requests::wake, completed, true, true, true);
    if (io.send(device, irp).equals(STATUS_PENDING)) {
      completed.waitForSingleObject();
    }
  }

  private static NtStatus wake(DeviceObject device, Irp irp, Object completed) {
    if (irp.pendingReturned()) {
      ((KEvent) completed).set();
    }
    return STATUS_MORE_PROCESSING_REQUIRED;
  }
}
