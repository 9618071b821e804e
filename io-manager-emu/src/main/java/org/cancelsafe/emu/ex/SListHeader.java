package org.cancelsafe.emu.ex;

import java.util.concurrent.atomic.AtomicReference;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code SLIST_HEADER}: the head of a sequenced singly linked list, which needs no lock: first entry, depth and
 * sequence number are one word, and are exchanged together. The number grows with every push, so that somebody who has
 * read the first entry and its successor notices that the entry was popped and pushed again meanwhile.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/singly-and-doubly-linked-lists">Singly and
 *     doubly linked lists</a>
 */
public final class SListHeader extends MachineObject {
  private static final Word EMPTY = new Word(null, 0, 0);

  private final AtomicReference<Word> word = new AtomicReference<>(EMPTY);

  private record Word(@Nullable SListEntry first, int depth, long sequence) {}

  /** {@code ExInitializeSListHead}: the head of an empty list. */
  public SListHeader(@Nullable String name) {
    super(name);
  }

  void initialize() {
    word.set(EMPTY);
  }

  @Nullable SListEntry link(SListEntry entry) {
    if (entry.isLinked()) {
      throw Rule.CORRUPT_LIST_ENTRY.violated(
          Activity.current().machine(), "the S-list entry of " + entry + " is pushed while it is in a list", entry);
    }
    entry.setLinked(true);
    while (true) {
      Word old = word.get();
      entry.setNext(old.first);
      if (word.compareAndSet(old, new Word(entry, old.depth + 1, old.sequence + 1))) {
        return old.first;
      }
    }
  }

  @Nullable SListEntry unlink() {
    while (true) {
      Word old = word.get();
      SListEntry first = old.first;
      if (first == null) {
        return null;
      }
      if (word.compareAndSet(old, new Word(first.next(), old.depth - 1, old.sequence))) {
        first.setNext(null);
        first.setLinked(false);
        return first;
      }
    }
  }

  @Nullable SListEntry unlinkAll() {
    SListEntry first = word.getAndUpdate(old -> new Word(null, 0, old.sequence)).first;
    for (SListEntry entry = first; entry != null; entry = entry.next()) {
      entry.setLinked(false);
    }
    return first;
  }

  int depth() {
    return word.get().depth;
  }

  /** {@code InterlockedPushEntrySList}: {@link Ex#interlockedPushEntrySList(SListHeader, SListEntry)}. */
  public @Nullable SListEntry pushEntry(SListEntry entry) {
    return Ex.interlockedPushEntrySList(this, entry);
  }

  /** {@code InterlockedPopEntrySList}: {@link Ex#interlockedPopEntrySList(SListHeader)}. */
  public @Nullable SListEntry popEntry() {
    return Ex.interlockedPopEntrySList(this);
  }

  /** {@code InterlockedFlushSList}: {@link Ex#interlockedFlushSList}. */
  public @Nullable SListEntry flush() {
    return Ex.interlockedFlushSList(this);
  }

  /** {@code QueryDepthSList}: {@link Ex#queryDepthSList}. */
  public int queryDepth() {
    return Ex.queryDepthSList(this);
  }

  /**
   * {@code FirstEntrySList}: the entry that was pushed last, which stays in the list; null when the list is empty. By
   * the time the caller looks it may have been popped. IRQL: any.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-firstentryslist">FirstEntrySList
   *     </a>
   */
  public @Nullable SListEntry firstEntry() {
    return Ex.first(this);
  }

  @Nullable SListEntry first() {
    return word.get().first;
  }

  /** How many entries were ever pushed since the list was initialised; for assertions. */
  public long sequence() {
    return word.get().sequence;
  }

  @Override
  public String kindName() {
    return "SLIST_HEADER";
  }

  @Override
  public String snapshot() {
    return Integer.toString(depth());
  }
}
