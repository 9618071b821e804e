package org.cancelsafe.emu.ex;

import static java.util.Objects.requireNonNull;

import java.util.function.Supplier;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.StepKind;
import org.jspecify.annotations.Nullable;

/**
 * The executive's interlocked list routines: {@code ExInterlockedXxx}.
 *
 * <p>Those that take a spin lock mask interrupts while they hold it, so that a device's interrupt service routine may
 * share the list with everybody else: they can be called at any IRQL. For the same reason such a lock is of no use to
 * KeAcquireSpinLock, which masks less: a lock that was passed to one of these routines is passed to nothing else, and a
 * list that one of them changes is changed by nothing else. Bug checks, for all of them: {@code 0xF} when the caller
 * holds the lock; on a machine that verifies, {@code 0xC4/0x1008} for a lock that KeAcquireSpinLock acquired before,
 * and {@code 0xC4} for a list that plain routines, or another lock's, have changed.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/singly-and-doubly-linked-lists">Singly and
 *     doubly linked lists</a>
 */
public final class Ex {
  private Ex() {}

  /**
   * {@code ExInterlockedInsertHeadList}: makes the entry the first of the list, atomically. IRQL: any, unchanged.
   *
   * @return the entry that was first before; null when the list was empty
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedinsertheadlist">
   *     ExInterlockedInsertHeadList</a>
   */
  public static @Nullable ListEntry interlockedInsertHeadList(ListEntry head, ListEntry entry, KSpinLock lock) {
    requireNonNull(entry, "entry");
    return tell(lock, StepKind.INTERLOCKED_INSERT_HEAD, head, () -> head.interlockedInsertHead(entry, lock));
  }

  /**
   * {@code ExInterlockedInsertTailList}: makes the entry the last of the list, atomically. IRQL: any, unchanged.
   *
   * @return the entry that was last before; null when the list was empty
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedinserttaillist">
   *     ExInterlockedInsertTailList</a>
   */
  public static @Nullable ListEntry interlockedInsertTailList(ListEntry head, ListEntry entry, KSpinLock lock) {
    requireNonNull(entry, "entry");
    return tell(lock, StepKind.INTERLOCKED_INSERT_TAIL, head, () -> head.interlockedInsertTail(entry, lock));
  }

  /**
   * {@code ExInterlockedRemoveHeadList}: takes the first entry out of the list, atomically. IRQL: any, unchanged.
   *
   * @return the entry; null when the list is empty, where {@link ListEntry#removeHead} returns the head
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedremoveheadlist">
   *     ExInterlockedRemoveHeadList</a>
   */
  public static @Nullable ListEntry interlockedRemoveHeadList(ListEntry head, KSpinLock lock) {
    requireNonNull(head, "head");
    return tell(lock, StepKind.INTERLOCKED_REMOVE_HEAD, head, () -> head.interlockedRemoveHead(lock));
  }

  /**
   * {@code ExInterlockedPushEntryList}: makes the entry the first of a singly linked list, atomically. IRQL: any,
   * unchanged.
   *
   * @return the entry that was first before; null when the list was empty
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedpushentrylist">
   *     ExInterlockedPushEntryList</a>
   */
  public static @Nullable SingleListEntry interlockedPushEntryList(
      SingleListEntry head, SingleListEntry entry, KSpinLock lock) {
    requireNonNull(entry, "entry");
    return tell(lock, StepKind.INTERLOCKED_PUSH, head, () -> head.interlockedPush(entry, lock));
  }

  /**
   * {@code ExInterlockedPopEntryList}: takes the first entry out of a singly linked list, atomically. IRQL: any,
   * unchanged.
   *
   * @return the entry; null when the list is empty
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedpopentrylist">
   *     ExInterlockedPopEntryList</a>
   */
  public static @Nullable SingleListEntry interlockedPopEntryList(SingleListEntry head, KSpinLock lock) {
    requireNonNull(head, "head");
    return tell(lock, StepKind.INTERLOCKED_POP, head, () -> head.interlockedPop(lock));
  }

  /**
   * {@code ExInterlockedAddUlong}: adds to a 32-bit number, which wraps around, atomically. IRQL: any, unchanged.
   *
   * @return the number before
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedaddulong">
   *     ExInterlockedAddUlong</a>
   */
  public static long interlockedAddUlong(InterlockedLong addend, long increment, KSpinLock lock) {
    requireNonNull(addend, "addend");
    Irql irql = lock.acquireMasked(StepKind.INTERLOCKED_ADD, addend);
    try {
      return addend.addUlong(increment);
    } finally {
      lock.releaseMasked(irql);
    }
  }

  /**
   * {@code ExInterlockedAddLargeInteger}: adds to a 64-bit number, atomically. IRQL: any, unchanged.
   *
   * @return the number before
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedaddlargeinteger">
   *     ExInterlockedAddLargeInteger</a>
   */
  public static long interlockedAddLargeInteger(InterlockedLong addend, long increment, KSpinLock lock) {
    requireNonNull(addend, "addend");
    Irql irql = lock.acquireMasked(StepKind.INTERLOCKED_ADD, addend);
    try {
      return addend.addLargeInteger(increment);
    } finally {
      lock.releaseMasked(irql);
    }
  }

  /** {@code ExInitializeSListHead}: makes the list empty. IRQL: any. */
  public static void initializeSListHead(SListHeader head) {
    head.initialize();
  }

  /**
   * {@code ExInterlockedPushEntrySList}: pushes an entry onto an S-list, atomically and without a lock. IRQL: any. Bug
   * check: {@code 0x139/3} for an entry that is in a list.
   *
   * @return the entry that was first before; null when the list was empty
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedpushentryslist">
   *     ExInterlockedPushEntrySList</a>
   */
  public static @Nullable SListEntry interlockedPushEntrySList(SListHeader head, SListEntry entry) {
    requireNonNull(entry, "entry");
    announce(StepKind.PUSH_SLIST, head, entry);
    return tell(head.link(entry));
  }

  /** {@link #interlockedPushEntrySList(SListHeader, SListEntry)}; on a 64-bit machine the lock is not used. */
  public static @Nullable SListEntry interlockedPushEntrySList(SListHeader head, SListEntry entry, KSpinLock lock) {
    requireNonNull(lock, "lock");
    return interlockedPushEntrySList(head, entry);
  }

  /**
   * {@code ExInterlockedPopEntrySList}: pops the entry off an S-list that was pushed last, atomically and without a
   * lock. IRQL: any.
   *
   * @return the entry; null when the list is empty
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedpopentryslist">
   *     ExInterlockedPopEntrySList</a>
   */
  public static @Nullable SListEntry interlockedPopEntrySList(SListHeader head) {
    announce(StepKind.POP_SLIST, head, null);
    return tell(head.unlink());
  }

  /** {@link #interlockedPopEntrySList(SListHeader)}; on a 64-bit machine the lock is not used. */
  public static @Nullable SListEntry interlockedPopEntrySList(SListHeader head, KSpinLock lock) {
    requireNonNull(lock, "lock");
    return interlockedPopEntrySList(head);
  }

  /**
   * {@code ExInterlockedFlushSList}: empties an S-list, atomically. IRQL: any.
   *
   * @return the entry that was first, from which {@link SListEntry#next} leads to the others; null when there was none
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinterlockedflushslist">
   *     ExInterlockedFlushSList</a>
   */
  public static @Nullable SListEntry interlockedFlushSList(SListHeader head) {
    announce(StepKind.FLUSH_SLIST, head, null);
    return tell(head.unlinkAll());
  }

  /**
   * {@code ExQueryDepthSList}: how many entries an S-list has. IRQL: at most DISPATCH_LEVEL.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exquerydepthslist">
   *     ExQueryDepthSList</a>
   */
  public static int queryDepthSList(SListHeader head) {
    announce(StepKind.READ, head, null);
    int depth = head.depth();
    Activity.current().machine().outcome(depth);
    return depth;
  }

  static @Nullable SListEntry first(SListHeader head) {
    announce(StepKind.READ, head, null);
    return tell(head.first());
  }

  private static void announce(StepKind kind, MachineObject target, @Nullable Object operand) {
    Activity self = Activity.current();
    Machine machine = self.machine();
    machine.preemptionPoint(self);
    machine.step(kind, target, operand);
  }

  private static <T> @Nullable T tell(
      KSpinLock lock, StepKind step, MachineObject head, Supplier<@Nullable T> change) {
    Irql irql = lock.acquireMasked(step, head);
    try {
      return tell(change.get());
    } finally {
      lock.releaseMasked(irql);
    }
  }

  private static <T> @Nullable T tell(@Nullable T result) {
    Activity.current().machine().outcome(result == null ? "NULL" : result);
    return result;
  }
}
