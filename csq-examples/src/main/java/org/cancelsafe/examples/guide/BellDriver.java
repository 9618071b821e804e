package org.cancelsafe.examples.guide;

import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Irql;
import org.jspecify.annotations.Nullable;

/** The driver of the guide: a read waits until the bell rings. Its DPC makes the mistake that the guide finds. */
class BellDriver {
  final DriverObject driverObject() {
    return new DriverObject("bell").setMajorFunction(MajorFunction.IRP_MJ_READ, this::read);
  }

  private NtStatus read(DeviceObject device, Irp irp) {
    BellExtension bell = device.deviceExtension(BellExtension.class);
    Irql oldIrql = bell.lock.acquire();
    if (bell.rings.get() > 0) {
      bell.rings.set(bell.rings.get() - 1);
      bell.lock.release(oldIrql);
      return complete(irp, NtStatus.STATUS_SUCCESS);
    }
    irp.markPending();
    bell.waiting.insertTail(irp.listEntry());
    irp.setCancelRoutine(this::cancel);
    if (irp.cancel() && irp.setCancelRoutine(null) != null) {
      irp.listEntry().removeEntry();
      bell.lock.release(oldIrql);
      complete(irp, NtStatus.STATUS_CANCELLED);
      return NtStatus.STATUS_PENDING;
    }
    bell.lock.release(oldIrql);
    return NtStatus.STATUS_PENDING;
  }

  private void cancel(DeviceObject device, Irp irp) {
    irp.io().releaseCancelSpinLock(irp.cancelIrql());
    BellExtension bell = device.deviceExtension(BellExtension.class);
    Irql oldIrql = bell.lock.acquire();
    irp.listEntry().removeEntry();
    bell.lock.release(oldIrql);
    complete(irp, NtStatus.STATUS_CANCELLED);
  }

  final void bellDpc(BellExtension bell) {
    bell.lock.acquireAtDpcLevel();
    Irp irp = takeWaiting(bell);
    if (irp == null) {
      bell.rings.set(bell.rings.get() + 1);
    }
    bell.lock.releaseFromDpcLevel();
    if (irp != null) {
      complete(irp, NtStatus.STATUS_SUCCESS);
    }
  }

  @Nullable Irp takeWaiting(BellExtension bell) {
    if (bell.waiting.isEmpty()) {
      return null;
    }
    Irp irp = Irp.fromListEntry(bell.waiting.removeHead());
    irp.setCancelRoutine(null);
    return irp;
  }

  private static NtStatus complete(Irp irp, NtStatus status) {
    irp.setIoStatus(status, 0);
    irp.io().completeRequest(irp);
    return status;
  }
}
