package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;

import java.util.function.Supplier;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code KDEVICE_QUEUE}: the requests that wait while a device works on another one. Its state is busy or not, whatever
 * its length: who inserts into a queue that is not busy makes it busy and has the entry to serve, and who removes from
 * one that is busy and empty makes it not busy. It brings its own executive spin lock.
 *
 * <p>The documents contradict each other on {@link #removeEntry}: here, as its own page says, it never makes the queue
 * not busy; the guide's "any KeRemove routine" would let a cancel routine idle a device that is at work.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/setting-up-and-using-device-queues">Setting
 *     up and using device queues</a>
 */
public final class KDeviceQueue extends MachineObject {
  private static final int ENTRIES_SHOWN = 4;

  private @Nullable KDeviceQueueEntry first;
  private boolean busy;

  /** {@code KeInitializeDeviceQueue}: an empty queue that is not busy. */
  public KDeviceQueue(@Nullable String name) {
    super(name);
  }

  /**
   * {@code KeInsertDeviceQueue}: has the entry wait its turn at the tail, or makes the queue busy with it.
   *
   * <p>IRQL: DISPATCH_LEVEL. Bug check: {@code 0xC4/0x20003} at another one; {@code 0x139/3} for an entry that is in a
   * queue.
   *
   * @return true when it waits; false when the queue was not busy: it is now, and the entry is the caller's to serve
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keinsertdevicequeue">
   *     KeInsertDeviceQueue</a>
   */
  public boolean insert(KDeviceQueueEntry entry) {
    Machine machine = checkDispatch("KeInsertDeviceQueue");
    return take(machine, StepKind.INSERT_DEVICE_QUEUE, entry, () -> insert(machine, entry, Long.MAX_VALUE));
  }

  /**
   * {@code KeInsertByKeyDeviceQueue}: as {@link #insert}, but the entry waits behind those whose keys are at most its
   * own, and before the others.
   *
   * @return true when it waits; false when the queue was not busy: it is now, and the entry is the caller's to serve
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keinsertbykeydevicequeue">
   *     KeInsertByKeyDeviceQueue</a>
   */
  public boolean insertByKey(KDeviceQueueEntry entry, long sortKey) {
    Machine machine = checkDispatch("KeInsertByKeyDeviceQueue");
    return take(
        machine,
        StepKind.INSERT_DEVICE_QUEUE,
        entry,
        () -> {
          entry.setSortKey(sortKey);
          return insert(machine, entry, sortKey);
        });
  }

  private synchronized boolean insert(Machine machine, KDeviceQueueEntry entry, long behind) {
    if (entry.isInserted()) {
      throw Rule.CORRUPT_LIST_ENTRY.violated(
          machine, "the device queue entry of " + entry + " is inserted while it is in " + entry.queue, entry);
    }
    if (!busy) {
      busy = true;
      return false;
    }
    KDeviceQueueEntry before = null;
    KDeviceQueueEntry after = first;
    while (after != null && after.sortKey() <= behind) {
      before = after;
      after = after.next;
    }
    entry.next = after;
    entry.queue = this;
    if (before == null) {
      first = entry;
    } else {
      before.next = entry;
    }
    return true;
  }

  /**
   * {@code KeRemoveDeviceQueue}: takes the first entry out.
   *
   * <p>IRQL: DISPATCH_LEVEL. Bug checks: {@code 0x2} for a queue that is not busy; {@code 0xC4/0x20003} at another
   * IRQL.
   *
   * @return the entry, the caller's to serve; null when none waits: the queue is not busy any more
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keremovedevicequeue">
   *     KeRemoveDeviceQueue</a>
   */
  public @Nullable KDeviceQueueEntry remove() {
    Machine machine = checkDispatch("KeRemoveDeviceQueue");
    return take(
        machine,
        StepKind.REMOVE_DEVICE_QUEUE,
        null,
        () -> remove(machine, "KeRemoveDeviceQueue", Long.MIN_VALUE));
  }

  /**
   * {@code KeRemoveByKeyDeviceQueue}: takes the first entry out whose key is at least this one, or the first of all
   * when every key is smaller.
   *
   * <p>IRQL: DISPATCH_LEVEL. Bug checks: {@code 0x2} for a queue that is not busy; {@code 0xC4/0x20003} at another
   * IRQL.
   *
   * @return the entry, the caller's to serve; null when none waits: the queue is not busy any more
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keremovebykeydevicequeue">
   *     KeRemoveByKeyDeviceQueue</a>
   */
  public @Nullable KDeviceQueueEntry removeByKey(long sortKey) {
    Machine machine = checkDispatch("KeRemoveByKeyDeviceQueue");
    return take(
        machine, StepKind.REMOVE_DEVICE_QUEUE, null, () -> remove(machine, "KeRemoveByKeyDeviceQueue", sortKey));
  }

  /**
   * {@code KeRemoveByKeyDeviceQueueIfBusy}: as {@link #removeByKey}, but a queue that is not busy is left alone.
   *
   * @return the entry; null when the queue is not busy, or none waits
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keremovebykeydevicequeueifbusy">
   *     KeRemoveByKeyDeviceQueueIfBusy</a>
   */
  public @Nullable KDeviceQueueEntry removeByKeyIfBusy(long sortKey) {
    Machine machine = checkDispatch("KeRemoveByKeyDeviceQueueIfBusy");
    return take(machine, StepKind.REMOVE_DEVICE_QUEUE, null, () -> removeIfBusy(sortKey));
  }

  private synchronized @Nullable KDeviceQueueEntry remove(Machine machine, String routine, long sortKey) {
    if (!busy) {
      throw Rule.DEVICE_QUEUE_NOT_BUSY.violated(machine, routine + "(" + this + "), which is not busy");
    }
    return removeIfBusy(sortKey);
  }

  private synchronized @Nullable KDeviceQueueEntry removeIfBusy(long sortKey) {
    KDeviceQueueEntry head = first;
    if (head == null) {
      busy = false;
      return null;
    }
    KDeviceQueueEntry entry = head;
    while (entry != null && entry.sortKey() < sortKey) {
      entry = entry.next;
    }
    KDeviceQueueEntry chosen = entry != null ? entry : head;
    unlink(chosen);
    return chosen;
  }

  /**
   * {@code KeRemoveEntryDeviceQueue}: takes this entry out, if it still waits.
   *
   * <p>IRQL: at most DISPATCH_LEVEL, unchanged. Bug check: {@code 0xC4/0x20011} above.
   *
   * @return true when it waited; false when it did not: it is being served, or somebody else has removed it
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keremoveentrydevicequeue">
   *     KeRemoveEntryDeviceQueue</a>
   */
  public boolean removeEntry(KDeviceQueueEntry entry) {
    Activity self = Activity.current();
    if (self.machine().verifies() && self.isAbove(DISPATCH_LEVEL)) {
      throw Rule.IRQL_DISPATCH_LTE.violated(
          self.machine(), "KeRemoveEntryDeviceQueue(" + this + ") at " + self.irql(), self.irql().level());
    }
    return take(self.machine(), StepKind.REMOVE_ENTRY_DEVICE_QUEUE, entry, () -> removeIfQueued(entry));
  }

  private synchronized boolean removeIfQueued(KDeviceQueueEntry entry) {
    boolean queued = entry.queue == this;
    if (queued) {
      unlink(entry);
    }
    return queued;
  }

  private void unlink(KDeviceQueueEntry entry) {
    KDeviceQueueEntry before = null;
    for (KDeviceQueueEntry each = first; each != null; each = each.next) {
      if (each == entry) {
        if (before == null) {
          first = each.next;
        } else {
          before.next = each.next;
        }
        each.next = null;
        each.queue = null;
        return;
      }
      before = each;
    }
  }

  /** {@code Busy}: whether the device works on something. Takes no step; for assertions. */
  public synchronized boolean isBusy() {
    return busy;
  }

  private <T> T take(Machine machine, StepKind kind, @Nullable KDeviceQueueEntry entry, Supplier<T> change) {
    machine.step(kind, this, entry);
    T result = change.get();
    machine.outcome(result);
    return result;
  }

  private Machine checkDispatch(String routine) {
    Activity self = Activity.current();
    Machine machine = self.machine();
    if (machine.verifies() && !self.isAt(DISPATCH_LEVEL)) {
      throw Rule.IRQL_DISPATCH.violated(
          machine, routine + "(" + this + ") at " + self.irql(), self.irql().level());
    }
    return machine;
  }

  @Override
  public String kindName() {
    return "KDEVICE_QUEUE";
  }

  @Override
  public synchronized String snapshot() {
    StringBuilder text = new StringBuilder(busy ? "busy (" : "idle (");
    int shown = 0;
    for (KDeviceQueueEntry entry = first; entry != null; entry = entry.next) {
      if (shown == ENTRIES_SHOWN) {
        return text.append(" ..)").toString();
      }
      text.append(shown++ == 0 ? "" : " ").append(entry);
    }
    return text.append(')').toString();
  }
}
