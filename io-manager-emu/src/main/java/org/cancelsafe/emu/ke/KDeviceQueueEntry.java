package org.cancelsafe.emu.ke;

import org.jspecify.annotations.Nullable;

/** {@code KDEVICE_QUEUE_ENTRY}: a link of a device queue. */
public final class KDeviceQueueEntry {
  private final Object container;
  @Nullable KDeviceQueue queue;
  @Nullable KDeviceQueueEntry next;
  private volatile long sortKey;

  /** A link inside this structure, in no queue yet. */
  public KDeviceQueueEntry(Object container) {
    this.container = container;
  }

  /** {@code CONTAINING_RECORD}: the structure this link is in. */
  public Object container() {
    return container;
  }

  /** {@code SortKey}: of the last insertion by key. */
  public long sortKey() {
    return sortKey;
  }

  void setSortKey(long sortKey) {
    this.sortKey = sortKey;
  }

  /** {@code Inserted}: whether this entry is in a queue. Takes no step; for assertions. */
  public boolean isInserted() {
    return queue != null;
  }

  @Override
  public String toString() {
    return container.toString();
  }
}
