package org.cancelsafe.benchmarks;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What the protocol of a cancel-safe queue does to memory that others look at, and nothing else: no list, no IRQL, no
 * completion. No queue that keeps to the protocol is faster on the computer it is measured on.
 */
@State(Scope.Benchmark)
public class Protocol {
  private static final int FREE = 0;
  private static final int HELD = 1;
  private static final Object ROUTINE = new Object();

  private final AtomicInteger queueLock = new AtomicInteger();
  private final AtomicInteger cancelSpinLock = new AtomicInteger();
  private final AtomicReference<@Nullable Object> cancelRoutine = new AtomicReference<>();
  private final AtomicBoolean cancel = new AtomicBoolean();

  boolean insert() {
    acquire(queueLock);
    cancelRoutine.getAndSet(ROUTINE);
    boolean cancelled = cancel.get();
    queueLock.lazySet(FREE);
    return cancelled;
  }

  @Nullable Object removeNext() {
    acquire(queueLock);
    Object routine = cancelRoutine.getAndSet(null);
    queueLock.lazySet(FREE);
    return routine;
  }

  @Nullable Object cancel() {
    acquire(cancelSpinLock);
    cancel.lazySet(true);
    Object routine = cancelRoutine.getAndSet(null);
    cancelSpinLock.lazySet(FREE);
    acquire(queueLock);
    queueLock.lazySet(FREE);
    cancel.lazySet(false);
    return routine;
  }

  private static void acquire(AtomicInteger lock) {
    while (!lock.compareAndSet(FREE, HELD)) {
      Thread.onSpinWait();
    }
  }
}
