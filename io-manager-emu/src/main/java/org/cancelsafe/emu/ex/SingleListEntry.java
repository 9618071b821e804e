package org.cancelsafe.emu.ex;

import org.cancelsafe.emu.machine.Cell;
import org.cancelsafe.emu.machine.Seam;
import org.jspecify.annotations.Nullable;

/**
 * {@code SINGLE_LIST_ENTRY}: a link of a singly linked list, or its head. Plain memory, unless {@link
 * Ex#interlockedPushEntryList} and {@link Ex#interlockedPopEntryList} are all that changes the list.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/singly-and-doubly-linked-lists">Singly and
 *     doubly linked lists</a>
 */
public final class SingleListEntry extends Cell {
  private final @Nullable Object container;
  private @Nullable SingleListEntry next;

  /** The lock under which interlocked routines change the list this is the head of; null for a plain list. */
  private @Nullable Object interlock;

  private boolean changedPlainly;

  /** The head of an empty list. */
  public SingleListEntry(@Nullable String name) {
    super(name);
    this.container = null;
  }

  /** A link inside this structure, in no list yet. */
  public SingleListEntry(Object container) {
    super(null);
    this.container = container;
  }

  /** {@code CONTAINING_RECORD}: the structure this link is in; null for a list's head. */
  public @Nullable Object container() {
    return container;
  }

  /** {@code Next}: the next entry; null for the last one. */
  public @Nullable SingleListEntry next() {
    reading();
    return next;
  }

  /**
   * {@code PushEntryList}: makes the entry the first of this head's list. IRQL: any.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-pushentrylist">PushEntryList</a>
   */
  public void pushEntry(SingleListEntry entry) {
    checkPlain("PushEntryList");
    writing();
    entry.writing();
    push(entry);
  }

  /**
   * {@code PopEntryList}: takes the first entry out; returns null when the list is empty. IRQL: any.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-popentrylist">PopEntryList</a>
   */
  public @Nullable SingleListEntry popEntry() {
    checkPlain("PopEntryList");
    writing();
    return pop();
  }

  @Nullable SingleListEntry interlockedPush(SingleListEntry entry, Object lock) {
    changedUnder(lock);
    return push(entry);
  }

  @Nullable SingleListEntry interlockedPop(Object lock) {
    changedUnder(lock);
    return pop();
  }

  private @Nullable SingleListEntry push(SingleListEntry entry) {
    SingleListEntry first = next;
    entry.next = first;
    next = entry;
    return first;
  }

  private @Nullable SingleListEntry pop() {
    SingleListEntry first = next;
    if (first != null) {
      next = first.next;
      first.next = null;
    }
    return first;
  }

  private void changedUnder(Object lock) {
    interlock = Interlock.changed(this, interlock, next != null || changedPlainly, lock);
  }

  private void checkPlain(String routine) {
    if (interlock != null) {
      throw Interlock.plainChange(this, interlock, routine);
    }
    if (Seam.isOpen()) {
      changedPlainly = true;
    }
  }

  @Override
  public String kindName() {
    return "SINGLE_LIST_ENTRY";
  }

  @Override
  public String toString() {
    return container != null ? container.toString() : super.toString();
  }
}
