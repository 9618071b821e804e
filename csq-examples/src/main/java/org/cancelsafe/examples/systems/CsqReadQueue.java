package org.cancelsafe.examples.systems;

import org.cancelsafe.csq.CsqCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.jspecify.annotations.Nullable;

/** The same with a cancel-safe queue: the lock is the queue's own, and only IoCancelIrp takes the system's. */
final class CsqReadQueue implements ReadQueue, CsqCallbacks {
  private final IoCsq csq = new IoCsq();
  private final ListEntry queue;
  private final KSpinLock lock;

  CsqReadQueue(String name) {
    this.queue = new ListEntry(name);
    this.lock = new KSpinLock(name + ".lock");
    csq.initialize(this);
  }

  @Override
  public void insert(Irp irp) {
    csq.insertIrp(irp, null);
  }

  @Override
  public @Nullable Irp next() {
    return csq.removeNextIrp(null);
  }

  @Override
  public long contentions() {
    return lock.contentions();
  }

  @Override
  public void insertIrp(IoCsq csq, Irp irp) {
    queue.insertTail(irp.listEntry());
  }

  @Override
  public void removeIrp(IoCsq csq, Irp irp) {
    irp.listEntry().removeEntry();
  }

  @Override
  public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
    ListEntry entry = irp == null ? queue.flink() : irp.listEntry().flink();
    return entry == null || entry == queue ? null : Irp.fromListEntry(entry);
  }

  @Override
  public Irql acquireLock(IoCsq csq) {
    return lock.acquire();
  }

  @Override
  public void releaseLock(IoCsq csq, Irql irql) {
    lock.release(irql);
  }

  @Override
  public void completeCanceledIrp(IoCsq csq, Irp irp) {
    irp.setIoStatus(NtStatus.STATUS_CANCELLED, 0);
    irp.io().completeRequest(irp);
  }
}
