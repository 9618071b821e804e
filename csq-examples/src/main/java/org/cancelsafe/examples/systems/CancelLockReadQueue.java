package org.cancelsafe.examples.systems;

import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Irql;
import org.jspecify.annotations.Nullable;

/**
 * A queue of the old school: its lock is the system's cancel spin lock. That is correct, and simple. Testing {@code
 * Cancel} before arming is fine here, since IoCancelIrp sets the flag under the same lock. But every device of every
 * driver that does so waits for every other one.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/using-the-system-s-cancel-spin-lock">Using
 *     the system's cancel spin lock</a>
 */
final class CancelLockReadQueue implements ReadQueue {
  private final IoManager io;
  private final ListEntry queue;

  CancelLockReadQueue(IoManager io, String name) {
    this.io = io;
    this.queue = new ListEntry(name);
  }

  @Override
  public void insert(Irp irp) {
    Irql irql = io.acquireCancelSpinLock();
    irp.markPending();
    boolean cancelled = irp.cancel();
    if (!cancelled) {
      queue.insertTail(irp.listEntry());
      irp.setCancelRoutine(this::cancel);
    }
    io.releaseCancelSpinLock(irql);
    if (cancelled) {
      completeCancelled(irp);
    }
  }

  @Override
  public @Nullable Irp next() {
    Irql irql = io.acquireCancelSpinLock();
    ListEntry first = queue.removeHead();
    Irp irp = first == queue ? null : Irp.fromListEntry(first);
    if (irp != null) {
      irp.setCancelRoutine(null);
    }
    io.releaseCancelSpinLock(irql);
    return irp;
  }

  private void cancel(DeviceObject device, Irp irp) {
    irp.listEntry().removeEntry();
    io.releaseCancelSpinLock(irp.cancelIrql());
    completeCancelled(irp);
  }

  private void completeCancelled(Irp irp) {
    irp.setIoStatus(NtStatus.STATUS_CANCELLED, 0);
    io.completeRequest(irp);
  }

  @Override
  public long contentions() {
    return 0;
  }
}
