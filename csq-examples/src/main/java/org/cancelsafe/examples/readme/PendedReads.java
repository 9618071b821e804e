package org.cancelsafe.examples.readme;

import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;

/** The broken queue of the README. */
class PendedReads {
  private final KSpinLock lock = new KSpinLock("lock");
  private final ListEntry queue = new ListEntry("queue");

  // README: broken
  NtStatus read(DeviceObject device, Irp irp) {            // IRP_MJ_READ
    Irql irql = lock.acquire();
    irp.markPending();
    boolean cancelled = irp.cancel();                      // looks at Cancel first ...
    if (!cancelled) {
      queue.insertTail(irp.listEntry());
      irp.setCancelRoutine(this::cancel);                  // ... and arms second
    }
    lock.release(irql);
    if (cancelled) {
      complete(irp, NtStatus.STATUS_CANCELLED);
    }
    return NtStatus.STATUS_PENDING;
  }
  // README: end

  void cancel(DeviceObject device, Irp irp) {
    irp.io().releaseCancelSpinLock(irp.cancelIrql());
    Irql irql = lock.acquire();
    irp.listEntry().removeEntry();
    lock.release(irql);
    complete(irp, NtStatus.STATUS_CANCELLED);
  }

  static void complete(Irp irp, NtStatus status) {
    irp.setIoStatus(status, 0);
    irp.io().completeRequest(irp);
  }
}
