package org.cancelsafe.emu.io;

import java.util.concurrent.atomic.AtomicInteger;

/** Who refers to a device object, and how it ends: once it was deleted, nobody refers to it and nothing is attached. */
final class DeviceLife {
  private final AtomicInteger uses = new AtomicInteger();
  private final AtomicInteger openFiles = new AtomicInteger();
  private final AtomicInteger pointers = new AtomicInteger();
  private volatile boolean deletePending;
  private volatile boolean everReferredTo;

  /** A file is opened; false when it is the only one that may be, and is not. */
  boolean open(boolean exclusive) {
    boolean opened = exclusive ? openFiles.compareAndSet(0, 1) : openFiles.incrementAndGet() > 0;
    if (opened) {
      used();
    }
    return opened;
  }

  void closed() {
    openFiles.decrementAndGet();
    unused();
  }

  void used() {
    everReferredTo = true;
    uses.incrementAndGet();
  }

  void unused() {
    uses.decrementAndGet();
  }

  int uses() {
    return uses.get();
  }

  void reference() {
    everReferredTo = true;
    pointers.incrementAndGet();
  }

  /** Gives a pointer back; false when nobody has one. */
  boolean dereference() {
    return pointers.getAndUpdate(count -> Math.max(0, count - 1)) > 0;
  }

  /** Deletes it; false when it was deleted before. */
  boolean delete() {
    boolean first = !deletePending;
    deletePending = true;
    return first;
  }

  boolean isDeletePending() {
    return deletePending;
  }

  boolean isReferredTo() {
    return uses.get() > 0 || pointers.get() > 0;
  }

  /** Whether anybody has ever referred to it, so that its end may come with the last reference. */
  boolean wasReferredTo() {
    return everReferredTo;
  }
}
