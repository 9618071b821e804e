package com.example.reader;

import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;

/** The driver's queue as it was: without a cancel-safe queue, and wrong. */
class HandMadeQueue {
  private final ListEntry queue = new ListEntry("queue");
  private final KSpinLock lock = new KSpinLock("lock");

  NtStatus read(DeviceObject device, Irp irp) {
    Irql irql = lock.acquire();
    irp.markPending();
    boolean cancelled = irp.cancel();
    if (!cancelled) {
      queue.insertTail(irp.listEntry());
      irp.setCancelRoutine(this::cancel); // too late for who cancelled since
    }
    lock.release(irql);
    if (cancelled) {
      complete(irp, NtStatus.STATUS_CANCELLED);
    }
    return NtStatus.STATUS_PENDING;
  }

  private void cancel(DeviceObject device, Irp irp) {
    irp.io().releaseCancelSpinLock(irp.cancelIrql());
    Irql irql = lock.acquire();
    irp.listEntry().removeEntry();
    lock.release(irql);
    complete(irp, NtStatus.STATUS_CANCELLED);
  }

  private static void complete(Irp irp, NtStatus status) {
    irp.setIoStatus(status, 0);
    irp.io().completeRequest(irp);
  }
}
