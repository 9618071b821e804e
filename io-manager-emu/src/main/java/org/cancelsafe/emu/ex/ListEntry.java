package org.cancelsafe.emu.ex;

import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Cell;
import org.cancelsafe.emu.machine.Seam;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code LIST_ENTRY}: a link of a circular doubly linked list, or its head. Plain memory: whoever shares a list guards
 * it with a lock.
 *
 * <p>A list that interlocked routines of {@link Ex} change is changed by them only, all with the same lock: {@link
 * org.cancelsafe.emu.verifier.Rule#INTERLOCKED_LIST}. To {@linkplain #isEmpty look} whether it is empty takes no lock.
 *
 * <p>An entry that is in no list has null links, so inserting it twice or removing it twice is caught:
 * {@code 0x139/3}. An entry whose links were initialised points at itself, and removing it is harmless.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/singly-and-doubly-linked-lists">Singly and
 *     doubly linked lists</a>
 */
public final class ListEntry extends Cell {
  private static final int ENTRIES_SHOWN = 4;

  private final @Nullable Object container;
  private @Nullable ListEntry flink;
  private @Nullable ListEntry blink;

  /** The lock under which interlocked routines change the list this is the head of or in; null for a plain list. */
  private @Nullable Object interlock;

  private boolean changedPlainly;

  /** {@code InitializeListHead}: the head of an empty list. */
  public ListEntry(@Nullable String name) {
    super(name);
    this.container = null;
    this.flink = this;
    this.blink = this;
    if (Seam.isOpen()) {
      watchFromSetUp();
    }
  }

  /** A head that is made while a scenario is set up is there for the whole run, and is looked at when it has ended. */
  private void watchFromSetUp() {
    Activity self = Activity.currentOrNull();
    if (self != null && self.machine().isControlled() && self.machine().isBooting()) {
      self.machine().end().addLastCheck(this::checkNoneIsGone);
    }
  }

  private void checkNoneIsGone() {
    for (ListEntry entry = flink; entry != null && entry != this; entry = entry.flink) {
      if (entry.container instanceof ContainingRecord record) {
        record.checkNotLeftIn(this);
      }
    }
  }

  /** A link inside this structure, in no list yet. */
  public ListEntry(Object container) {
    super(null);
    this.container = container;
  }

  /** {@code CONTAINING_RECORD}: the structure this link is in; null for a list's head. */
  public @Nullable Object container() {
    return container;
  }

  /** {@code InitializeListHead}: makes the link point at itself. */
  public void initialize() {
    writing();
    flink = this;
    blink = this;
    if (interlock != null) {
      interlock = null;
    }
    if (Seam.isOpen()) {
      changedPlainly = false;
    }
  }

  /**
   * {@code IsListEmpty}: whether nothing is linked to this head. IRQL: any.
   *
   * <p>It reads {@code Flink}, with no lock. Of a list that interlocked routines change it may be outdated when the
   * caller has it: the routine that takes an entry tells whether there was one.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-islistempty">IsListEmpty</a>
   */
  public boolean isEmpty() {
    if (Seam.isOpen()) {
      return looksEmpty(Activity.currentOrNull());
    }
    return flink == this;
  }

  private boolean looksEmpty(@Nullable Activity self) {
    boolean step = self != null && mayBeInterlocked(self);
    if (step) {
      self.machine().step(StepKind.IS_LIST_EMPTY, this);
    }
    if (interlock == null) {
      reading();
    }
    boolean empty = flink == this;
    if (step) {
      self.machine().outcome(empty);
    }
    return empty;
  }

  /** Whether interlocked routines change it, or may still: nobody has changed it yet, and the caller has no lock. */
  private boolean mayBeInterlocked(Activity self) {
    return interlock != null || !changedPlainly && self.spinLocksHeld() == 0;
  }

  /** {@code Flink}: the next entry, the head after the last one; null when this is in no list. */
  public @Nullable ListEntry flink() {
    if (Seam.isOpen()) {
      checkUsable();
      reading();
    }
    return flink;
  }

  /** {@code Blink}: the previous entry, the head before the first one; null when this is in no list. */
  public @Nullable ListEntry blink() {
    if (Seam.isOpen()) {
      checkUsable();
      reading();
    }
    return blink;
  }

  /** Whether this entry is in a list. Takes no step and checks nothing; for assertions. */
  public boolean isLinked() {
    return flink != null && flink != this;
  }

  /** {@code InsertHeadList}: makes the entry the first of this head's list. Bug check: {@code 0x139/3}. */
  public void insertHead(ListEntry entry) {
    changes("InsertHeadList", StepKind.INSERT_HEAD_LIST, entry);
    ListEntry first = flink;
    if (first == null) {
      throw corrupt(this, "is the head of no list");
    }
    entry.linkBetween(this, first);
  }

  /** {@code InsertTailList}: makes the entry the last of this head's list. Bug check: {@code 0x139/3}. */
  public void insertTail(ListEntry entry) {
    changes("InsertTailList", StepKind.INSERT_TAIL_LIST, entry);
    ListEntry last = blink;
    if (last == null) {
      throw corrupt(this, "is the head of no list");
    }
    entry.linkBetween(last, this);
  }

  /**
   * {@code AppendTailList}: appends entries that are linked to each other in a ring, without a head, to this head's
   * list. Bug check: {@code 0x139/3}.
   *
   * @param listToAppend the first of them; the entries of a list whose head was removed, for example
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-appendtaillist">
   *     AppendTailList</a>
   */
  public void appendTail(ListEntry listToAppend) {
    changes("AppendTailList", StepKind.APPEND_TAIL_LIST, listToAppend);
    if (Seam.isOpen()) {
      listToAppend.checkPlain("AppendTailList");
    }
    ListEntry last = blink;
    ListEntry lastToAppend = listToAppend.blink;
    if (last == null || lastToAppend == null) {
      throw corrupt(last == null ? this : listToAppend, "is in no list, and has nothing to be appended to or with");
    }
    writing();
    last.writing();
    listToAppend.writing();
    lastToAppend.writing();
    last.flink = listToAppend;
    listToAppend.blink = last;
    lastToAppend.flink = this;
    blink = lastToAppend;
  }

  /** Inserts this entry before another one of a list. Bug check: {@code 0x139/3}. */
  public void insertBefore(ListEntry successor) {
    successor.changes("an insert", StepKind.INSERT_BEFORE, this);
    ListEntry predecessor = successor.blink;
    if (predecessor == null) {
      throw corrupt(successor, "is in no list");
    }
    linkBetween(predecessor, successor);
  }

  private void linkBetween(ListEntry predecessor, ListEntry successor) {
    checkInsertable(predecessor, successor);
    if (Seam.isOpen()) {
      writing();
      predecessor.writing();
      successor.writing();
      predecessor.checkUsable();
      successor.checkUsable();
    }
    setLinks(predecessor, successor);
  }

  private void checkInsertable(ListEntry predecessor, ListEntry successor) {
    if (isLinked()) {
      throw corrupt(this, "is inserted while it is in a list");
    }
    if (predecessor == this || successor == this) {
      throw corrupt(this, "is inserted into itself");
    }
    if (predecessor.flink != successor || successor.blink != predecessor) {
      throw corrupt(this, "is inserted into a list whose links are corrupt");
    }
  }

  private void setLinks(ListEntry predecessor, ListEntry successor) {
    flink = successor;
    blink = predecessor;
    predecessor.flink = this;
    successor.blink = this;
  }

  /**
   * {@code RemoveEntryList}: takes this entry out of its list. Bug check: {@code 0x139/3} when it is in none.
   *
   * @return whether the list is empty now
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-removeentrylist">RemoveEntryList
   *     </a>
   */
  public boolean removeEntry() {
    changes("RemoveEntryList", StepKind.REMOVE_ENTRY_LIST, null);
    return unlink();
  }

  private boolean unlink() {
    ListEntry next = flink;
    ListEntry previous = blink;
    if (next == null || previous == null) {
      throw corrupt(this, "is removed while it is in no list");
    }
    if (next.blink != this || previous.flink != this) {
      throw corrupt(this, "is removed from a list whose links are corrupt");
    }
    if (Seam.isOpen()) {
      writing();
      next.writing();
      previous.writing();
      checkUsable();
      previous.checkUsable();
      next.checkUsable();
    }
    clearLinks(previous, next);
    return next == previous;
  }

  private void clearLinks(ListEntry previous, ListEntry next) {
    previous.flink = next;
    next.blink = previous;
    flink = null;
    blink = null;
  }

  /** Links that are read or changed are the memory of what they are in: who unlinks one changes its neighbours. */
  private void checkUsable() {
    if (container instanceof ContainingRecord record) {
      record.checkLinkUsable();
    }
  }

  private void checkUsableInStep() {
    if (Seam.isOpen() && container instanceof ContainingRecord record) {
      record.checkLinkUsableInStep();
    }
  }

  /** {@code RemoveHeadList}: takes the first entry out; returns this head itself when the list is empty. */
  public ListEntry removeHead() {
    if (Seam.isOpen()) {
      checkPlain("RemoveHeadList");
      reading();
    }
    ListEntry first = flink;
    if (first == null || first == this) {
      return this;
    }
    note(StepKind.REMOVE_HEAD_LIST, this, first);
    first.unlink();
    return first;
  }

  /** {@code RemoveTailList}: takes the last entry out; returns this head itself when the list is empty. */
  public ListEntry removeTail() {
    if (Seam.isOpen()) {
      checkPlain("RemoveTailList");
      reading();
    }
    ListEntry last = blink;
    if (last == null || last == this) {
      return this;
    }
    note(StepKind.REMOVE_TAIL_LIST, this, last);
    last.unlink();
    return last;
  }

  // the executive's: under the list's lock, with interrupts masked, so that the links are no plain memory there

  /** Puts the entry first; returns what was first before, null when nothing was. */
  @Nullable ListEntry interlockedInsertHead(ListEntry entry, Object lock) {
    note(StepKind.INSERT_HEAD_LIST, this, entry);
    ListEntry first = interlocked(lock).flink;
    if (first == null) {
      throw corrupt(this, "is the head of no list");
    }
    entry.linkInterlocked(this, first);
    return first == this ? null : first;
  }

  /** Puts the entry last; returns what was last before, null when nothing was. */
  @Nullable ListEntry interlockedInsertTail(ListEntry entry, Object lock) {
    note(StepKind.INSERT_TAIL_LIST, this, entry);
    ListEntry last = interlocked(lock).blink;
    if (last == null) {
      throw corrupt(this, "is the head of no list");
    }
    entry.linkInterlocked(last, this);
    return last == this ? null : last;
  }

  /** Takes the first entry out; null when there is none. */
  @Nullable ListEntry interlockedRemoveHead(Object lock) {
    ListEntry first = interlocked(lock).flink;
    if (first == null || first == this) {
      return null;
    }
    note(StepKind.REMOVE_HEAD_LIST, this, first);
    ListEntry second = first.flink;
    if (second == null || second.blink != first || first.blink != this) {
      throw corrupt(first, "is removed from a list whose links are corrupt");
    }
    first.checkUsableInStep();
    second.checkUsableInStep();
    first.clearLinks(this, second);
    first.interlock = null;
    return first;
  }

  private void linkInterlocked(ListEntry predecessor, ListEntry successor) {
    checkInsertable(predecessor, successor);
    predecessor.checkUsableInStep();
    successor.checkUsableInStep();
    setLinks(predecessor, successor);
    interlock = predecessor.interlock;
  }

  /** From now on this is the head of an interlocked list, under this lock. */
  private ListEntry interlocked(Object lock) {
    interlock = Interlock.changed(this, interlock, isLinked() || changedPlainly, lock);
    return this;
  }

  /** A plain routine is about to change the list this is the head of, or an entry. */
  private void changes(String routine, StepKind kind, @Nullable ListEntry operand) {
    if (Seam.isOpen()) {
      note(kind, this, operand);
      checkPlain(routine);
    }
  }

  private void checkPlain(String routine) {
    if (interlock != null) {
      throw Interlock.plainChange(this, interlock, routine);
    }
    changedPlainly = true;
  }

  private static void note(StepKind kind, ListEntry target, @Nullable ListEntry operand) {
    if (Seam.isOpen()) {
      Activity self = Activity.currentOrNull();
      if (self != null) {
        self.machine().note(kind, target, operand);
      }
    }
  }

  private static Error corrupt(ListEntry entry, String what) {
    return Rule.CORRUPT_LIST_ENTRY.violated(
        Activity.current().machine(), "the list entry of " + entry + " " + what, entry);
  }

  @Override
  public String kindName() {
    return "LIST_ENTRY";
  }

  @Override
  public @Nullable String snapshot() {
    if (container != null) {
      return null;
    }
    StringBuilder text = new StringBuilder("(");
    int shown = 0;
    for (ListEntry entry = flink; entry != null && entry != this; entry = entry.flink) {
      if (shown == ENTRIES_SHOWN) {
        return text.append(" ..)").toString();
      }
      text.append(shown++ == 0 ? "" : " ").append(entry);
    }
    return text.append(')').toString();
  }

  @Override
  public String toString() {
    return container != null ? container.toString() : super.toString();
  }
}
