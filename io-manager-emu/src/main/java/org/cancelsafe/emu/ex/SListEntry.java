package org.cancelsafe.emu.ex;

import org.jspecify.annotations.Nullable;

/** {@code SLIST_ENTRY}: a link of a sequenced singly linked list. */
public final class SListEntry {
  private final Object container;
  private volatile @Nullable SListEntry next;
  private volatile boolean linked;

  /** A link inside this structure, in no list yet. */
  public SListEntry(Object container) {
    this.container = container;
  }

  /** {@code CONTAINING_RECORD}: the structure this link is in. */
  public Object container() {
    return container;
  }

  /** {@code Next}: the entry that was pushed before this one; null for the first pushed, and for one just popped. */
  public @Nullable SListEntry next() {
    return next;
  }

  void setNext(@Nullable SListEntry next) {
    this.next = next;
  }

  boolean isLinked() {
    return linked;
  }

  void setLinked(boolean linked) {
    this.linked = linked;
  }

  @Override
  public String toString() {
    return container.toString();
  }
}
