package org.cancelsafe.emu.ex;

import static java.util.Objects.requireNonNull;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code LOOKASIDE_LIST_EX}, {@code NPAGED_LOOKASIDE_LIST}: entries that were freed, of which the last one is the first
 * to be allocated again, so that whoever still has a pointer to it has one to somebody else's. The kernel decides how
 * many it keeps; here it is as many as a new list has there, always.
 *
 * @param <T> what its entries are
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/using-lookaside-lists">
 *     Using lookaside lists</a>
 */
public final class LookasideList<T> extends MachineObject {
  private static final int DEPTH = 4;

  private final Supplier<? extends T> allocate;
  private final Consumer<? super T> free;
  private final Deque<T> kept = new ArrayDeque<>();
  private boolean deleted;

  /**
   * {@code ExInitializeLookasideListEx}, {@code ExInitializeNPagedLookasideList}: an empty list.
   *
   * @param allocate makes an entry when none is kept
   * @param free is given each entry for which there is no room
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinitializelookasidelistex">
   *     ExInitializeLookasideListEx</a>
   */
  public LookasideList(@Nullable String name, Supplier<? extends T> allocate, Consumer<? super T> free) {
    super(name);
    this.allocate = requireNonNull(allocate, "allocate");
    this.free = requireNonNull(free, "free");
  }

  /**
   * {@code ExAllocateFromLookasideListEx}: the entry that was freed last, or a new one. What is in the memory of one
   * that was freed is what its last user left there.
   *
   * <p>IRQL: at most DISPATCH_LEVEL. Bug check: {@code 0xC4/0x20011} above.
   *
   * @return the entry; null where allocations may fail (low resources), and this one does
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exallocatefromlookasidelistex">
   *     ExAllocateFromLookasideListEx</a>
   */
  public @Nullable T allocate() {
    Machine machine = check("ExAllocateFromLookasideListEx");
    machine.step(StepKind.TAKE_FROM_LOOKASIDE, this);
    checkNotDeleted("ExAllocateFromLookasideListEx");
    T entry = take();
    machine.outcome(entry == null ? "NULL" : entry);
    return entry != null ? entry : machine.allocationFails() ? null : allocate.get();
  }

  private synchronized @Nullable T take() {
    return kept.poll();
  }

  /**
   * {@code ExFreeToLookasideListEx}: keeps the entry for the next who allocates one, if there is room.
   *
   * <p>IRQL: at most DISPATCH_LEVEL. Bug checks: {@code 0xC2/0x7} for an entry that was freed before, as far as it is
   * still kept; {@code 0xC4/0x20011} above DISPATCH_LEVEL.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exfreetolookasidelistex">
   *     ExFreeToLookasideListEx</a>
   */
  public void free(T entry) {
    requireNonNull(entry, "entry");
    Machine machine = check("ExFreeToLookasideListEx");
    machine.step(StepKind.GIVE_TO_LOOKASIDE, this, entry);
    checkNotDeleted("ExFreeToLookasideListEx");
    if (!keep(machine, entry)) {
      free.accept(entry);
    }
  }

  private synchronized boolean keep(Machine machine, T entry) {
    for (T other : kept) {
      if (other == entry) {
        throw Rule.FREED_TWICE.violated(
            machine, "ExFreeToLookasideListEx(" + this + ", " + entry + ") by " + Activity.current()
                + ": it was freed before", entry);
      }
    }
    if (kept.size() == DEPTH) {
      return false;
    }
    kept.push(entry);
    return true;
  }

  /** {@code ExFlushLookasideListEx}: frees the entries that are kept. IRQL: at most DISPATCH_LEVEL. */
  public void flush() {
    freeKept("ExFlushLookasideListEx");
  }

  private void freeKept(String routine) {
    Machine machine = check(routine);
    for (T entry = takeKept(machine, routine); entry != null; entry = takeKept(machine, routine)) {
      free.accept(entry);
    }
  }

  private @Nullable T takeKept(Machine machine, String routine) {
    machine.step(StepKind.FLUSH_LOOKASIDE, this, routine);
    checkNotDeleted(routine);
    return take();
  }

  /**
   * {@code ExDeleteLookasideListEx}: frees the entries that are kept, and ends the use of the list. IRQL: at most
   * DISPATCH_LEVEL.
   *
   * @throws IllegalStateException when it was deleted before
   */
  public void delete() {
    freeKept("ExDeleteLookasideListEx");
    synchronized (this) {
      deleted = true;
    }
  }

  private Machine check(String routine) {
    Activity self = Activity.current();
    Machine machine = self.machine();
    if (machine.verifies()) {
      self.checkAtMost(DISPATCH_LEVEL, Rule.IRQL_DISPATCH_LTE, routine + "(" + this + ")", this);
    }
    return machine;
  }

  /** Behind the step: somebody else may have deleted it before that. */
  private synchronized void checkNotDeleted(String routine) {
    if (deleted) {
      throw new IllegalStateException(
          routine + "(" + this + ") by " + Activity.current() + ": ExDeleteLookasideListEx was called for it");
    }
  }

  @Override
  public String kindName() {
    return "LOOKASIDE_LIST_EX";
  }

  @Override
  public synchronized String snapshot() {
    return Integer.toString(kept.size());
  }
}
