package org.cancelsafe.csq;

import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.jspecify.annotations.Nullable;

/**
 * Callbacks that keep the IRPs in a linked list under a spin lock. A subclass says where an IRP goes in, and which
 * IRPs a peek context means; one with a lock of its own overrides both {@link #acquireLock} and {@link #releaseLock}.
 */
public abstract class ListCallbacks implements CsqCallbacks {
  private final ListEntry queue;
  private final KSpinLock lock;

  /** An empty list with this name for traces. */
  protected ListCallbacks(String name) {
    this.queue = new ListEntry(name);
    this.lock = new KSpinLock(name + ".lock");
  }

  /** The head of the list. Guarded by the lock. */
  protected final ListEntry queue() {
    return queue;
  }

  /** Whether this IRP is one that the peek context means; not asked when that is null, which means every IRP. */
  protected abstract boolean matches(Irp irp, Object peekContext);

  @Override
  public void removeIrp(IoCsq csq, Irp irp) {
    irp.listEntry().removeEntry();
  }

  @Override
  public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
    ListEntry entry = irp == null ? queue.flink() : irp.listEntry().flink();
    while (entry != null && entry != queue) {
      Irp candidate = Irp.fromListEntry(entry);
      if (peekContext == null || matches(candidate, peekContext)) {
        return candidate;
      }
      entry = entry.flink();
    }
    return null;
  }

  @Override
  public Irql acquireLock(IoCsq csq) {
    return lock.acquire();
  }

  @Override
  public void releaseLock(IoCsq csq, Irql irql) {
    lock.release(irql);
  }

  /** Completes the IRP with STATUS_CANCELLED and 0. */
  @Override
  public void completeCanceledIrp(IoCsq csq, Irp irp) {
    irp.setIoStatus(NtStatus.STATUS_CANCELLED, 0);
    irp.io().completeRequest(irp);
  }
}
