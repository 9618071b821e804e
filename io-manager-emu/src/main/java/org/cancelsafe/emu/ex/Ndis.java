package org.cancelsafe.emu.ex;

import static java.util.Objects.requireNonNull;

import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * The interlocked list routines of NDIS: {@code NdisInterlockedXxx}.
 *
 * <p>They take the caller's spin lock as NdisAcquireSpinLock does: they raise to DISPATCH_LEVEL, not higher as those of
 * {@link Ex} do, and restore the caller's IRQL. So interrupts go on meanwhile, and no interrupt service routine may
 * call them. Bug checks, for all that take the lock: {@code 0xC4/0x42} above DISPATCH_LEVEL; {@code 0xF} when the
 * caller holds it.
 */
public final class Ndis {
  private Ndis() {}

  /**
   * {@code NdisInterlockedInsertHeadList}: makes the entry the first of the list. IRQL: at most DISPATCH_LEVEL,
   * unchanged.
   *
   * @return the entry that was first before; null when the list was empty
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/ndis/nf-ndis-ndisinterlockedinsertheadlist">
   *     NdisInterlockedInsertHeadList</a>
   */
  public static @Nullable ListEntry interlockedInsertHeadList(ListEntry head, ListEntry entry, NdisSpinLock lock) {
    requireNonNull(entry, "entry");
    Irql irql = lock.kernelLock().acquire();
    try {
      ListEntry first = head.flink();
      head.insertHead(entry);
      return first == head ? null : first;
    } finally {
      lock.kernelLock().release(irql);
    }
  }

  /**
   * {@code NdisInterlockedInsertTailList}: makes the entry the last of the list. IRQL: at most DISPATCH_LEVEL,
   * unchanged.
   *
   * @return the entry that was last before; null when the list was empty
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/ndis/nf-ndis-ndisinterlockedinserttaillist">
   *     NdisInterlockedInsertTailList</a>
   */
  public static @Nullable ListEntry interlockedInsertTailList(ListEntry head, ListEntry entry, NdisSpinLock lock) {
    requireNonNull(entry, "entry");
    Irql irql = lock.kernelLock().acquire();
    try {
      ListEntry last = head.blink();
      head.insertTail(entry);
      return last == head ? null : last;
    } finally {
      lock.kernelLock().release(irql);
    }
  }

  /**
   * {@code NdisInterlockedRemoveHeadList}: takes the first entry out of the list. IRQL: at most DISPATCH_LEVEL,
   * unchanged.
   *
   * @return the entry; null when the list is empty
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/ndis/nf-ndis-ndisinterlockedremoveheadlist">
   *     NdisInterlockedRemoveHeadList</a>
   */
  public static @Nullable ListEntry interlockedRemoveHeadList(ListEntry head, NdisSpinLock lock) {
    requireNonNull(head, "head");
    Irql irql = lock.kernelLock().acquire();
    try {
      ListEntry first = head.removeHead();
      return first == head ? null : first;
    } finally {
      lock.kernelLock().release(irql);
    }
  }

  /**
   * {@code NdisInterlockedPushEntrySList}: pushes an entry onto an S-list. Bug check: {@code 0xF} when the caller holds
   * the lock.
   *
   * @return the entry that was first before; null when the list was empty
   */
  public static @Nullable SListEntry interlockedPushEntrySList(
      SListHeader head, SListEntry entry, NdisSpinLock lock) {
    checkNotHeld(lock.kernelLock());
    return Ex.interlockedPushEntrySList(head, entry);
  }

  /**
   * {@code NdisInterlockedPopEntrySList}: pops an entry off an S-list. Bug check: {@code 0xF} when the caller holds the
   * lock.
   *
   * @return the entry; null when the list is empty
   */
  public static @Nullable SListEntry interlockedPopEntrySList(SListHeader head, NdisSpinLock lock) {
    checkNotHeld(lock.kernelLock());
    return Ex.interlockedPopEntrySList(head);
  }

  private static void checkNotHeld(KSpinLock lock) {
    Activity self = Activity.current();
    if (lock.isOwnedBy(self)) {
      throw Rule.SPIN_LOCK_RECURSION.violated(self.machine(), self + " already owns " + lock);
    }
  }
}
