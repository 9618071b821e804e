package org.cancelsafe.benchmarks.exploring;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Insert, cancel and remove of one IRP as plain Java with JVM threads, for tools that know nothing of IRPs. */
final class PlainRace {
  private static final Object ROUTINE = new Object();

  private final boolean armsFirst;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<PlainRace> queue = new ArrayList<>();
  private final AtomicReference<@Nullable Object> routine = new AtomicReference<>();
  private final AtomicInteger completions = new AtomicInteger();
  private volatile boolean cancel;

  private PlainRace(boolean armsFirst) {
    this.armsFirst = armsFirst;
  }

  /** R4: arms, then looks at Cancel. */
  static void correct() {
    new PlainRace(true).run();
  }

  /** R3b: looks at Cancel under the lock, and then arms. */
  static void testsCancelBeforeArming() {
    new PlainRace(false).run();
  }

  private void run() {
    List<Thread> threads = List.of(new Thread(this::insert), new Thread(this::cancel), new Thread(this::remove));
    for (Thread thread : threads) {
      thread.start(); // in a loop: a method reference would hide it from tools that rewrite calls
    }
    for (Thread thread : threads) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    if (completions.get() > 1) {
      throw new AssertionError("completed twice");
    }
    if (completions.get() == 0) {
      throw new AssertionError("cancelled and not completed");
    }
  }

  private void insert() {
    lock.lock();
    queue.add(this);
    boolean cancelled;
    if (armsFirst) {
      routine.set(ROUTINE);
      cancelled = cancel && routine.getAndSet(null) != null;
    } else {
      cancelled = cancel;
      if (!cancelled) {
        routine.set(ROUTINE);
      }
    }
    if (cancelled) {
      queue.remove(this);
    }
    lock.unlock();
    if (cancelled) {
      completions.incrementAndGet();
    }
  }

  private void cancel() {
    cancel = true;
    if (routine.getAndSet(null) != null) {
      lock.lock();
      queue.remove(this);
      lock.unlock();
      completions.incrementAndGet();
    }
  }

  private void remove() {
    lock.lock();
    boolean mine = !queue.isEmpty() && routine.getAndSet(null) != null;
    if (mine) {
      queue.remove(this);
    }
    lock.unlock();
    if (mine) {
      completions.incrementAndGet();
    }
  }
}
