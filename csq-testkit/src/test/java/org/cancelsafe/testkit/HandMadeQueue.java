package org.cancelsafe.testkit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.cancelsafe.csq.IoCsqIrpContext;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.jspecify.annotations.Nullable;

/** A queue that does without IO_CSQ, and does it right. */
class HandMadeQueue implements QueueUnderTest {
  private final ListEntry queue = new ListEntry("queue");
  private final KSpinLock lock = new KSpinLock("queue.lock");
  private final Map<IoCsqIrpContext, Irp> remembered = new ConcurrentHashMap<>();

  /** Arms; returns whether the IRP was cancelled before and is the inserter's again, to be completed. */
  boolean armAndTest(Irp irp) {
    irp.setCancelRoutine(this::cancel);
    return irp.cancel() && irp.setCancelRoutine(null) != null;
  }

  /** Whether the IRP, which is in the queue, is the remover's now. */
  boolean take(Irp irp) {
    return irp.setCancelRoutine(null) != null;
  }

  final void cancel(@Nullable DeviceObject device, Irp irp) {
    irp.io().releaseCancelSpinLock(irp.cancelIrql());
    Irql irql = lock.acquire();
    unlink(irp);
    lock.release(irql);
    completeCancelled(irp);
  }

  private void unlink(Irp irp) {
    irp.listEntry().removeEntry();
    remembered.values().remove(irp);
  }

  static void completeCancelled(Irp irp) {
    irp.setIoStatus(NtStatus.STATUS_CANCELLED, 0);
    irp.io().completeRequest(irp);
  }

  @Override
  public NtStatus insert(Irp irp, @Nullable IoCsqIrpContext context) {
    Irql irql = lock.acquire();
    queue.insertTail(irp.listEntry());
    irp.markPending();
    if (context != null) {
      remembered.put(context, irp);
    }
    boolean cancelled = armAndTest(irp);
    if (cancelled) {
      unlink(irp);
    }
    lock.release(irql);
    if (cancelled) {
      completeCancelled(irp);
    }
    return NtStatus.STATUS_PENDING;
  }

  @Override
  public @Nullable Irp removeNext(@Nullable FileObject file) {
    Irql irql = lock.acquire();
    Irp found = null;
    for (ListEntry entry = queue.flink(); entry != null && entry != queue && found == null; entry = entry.flink()) {
      Irp irp = Irp.fromListEntry(entry);
      if ((file == null || irp.currentStackLocation().fileObject() == file) && take(irp)) {
        found = irp;
      }
    }
    if (found != null) {
      unlink(found);
    }
    lock.release(irql);
    return found;
  }

  @Override
  public @Nullable Irp remove(IoCsqIrpContext context) {
    Irql irql = lock.acquire();
    Irp irp = remembered.get(context);
    if (irp != null && take(irp)) {
      unlink(irp);
    } else {
      irp = null;
    }
    lock.release(irql);
    return irp;
  }

  @Override
  public void cleanup(FileObject file) {
    for (Irp irp = removeNext(file); irp != null; irp = removeNext(file)) {
      completeCancelled(irp);
    }
  }

  @Override
  public boolean closesFiles() {
    return false;
  }
}
