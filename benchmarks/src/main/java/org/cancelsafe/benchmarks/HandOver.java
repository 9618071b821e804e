package org.cancelsafe.benchmarks;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.cancelsafe.emu.io.Irp;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One request goes through a queue that is otherwise empty: in, and out again by removal or by cancellation. The
 * baselines hand an object over the same way, two critical sections of a {@link ReentrantLock} round an {@link
 * ArrayDeque}; nothing of theirs is cancelable, completed or renewed. One more baseline hands over an IRP, completes it
 * and renews it as ours does: what then differs is only the way through the queue. The {@link Protocol} alone says how
 * much of ours is the computer's.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 40, time = 50, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgs = "-XX:+UseParallelGC",
    jvmArgsAppend = {CarrierExecutor.SELECT_CUSTOM, CarrierExecutor.SELECT_THIS})
public class HandOver {
  /** What the baselines use. */
  @State(Scope.Benchmark)
  public static class LockedDeque {
    final ReentrantLock lock = new ReentrantLock();
    final ArrayDeque<Object> deque = new ArrayDeque<>();
  }

  /** What a thread of the baselines hands over. */
  @State(Scope.Thread)
  public static class Element {
    final Object element = new Object();
  }

  /** {@code IoCsqInsertIrp}, {@code IoCsqRemoveNextIrp}. */
  @Benchmark
  public @Nullable Irp insertRemoveNext(Driver driver, Requester requester) {
    driver.csq.insertIrp(requester.irp(), null);
    return driver.csq.removeNextIrp(null);
  }

  /** What {@link #insertRemoveNext} is held against. */
  @Benchmark
  public @Nullable Object lockedAddPoll(LockedDeque locked, Element mine) {
    locked.lock.lock();
    try {
      locked.deque.addLast(mine.element);
    } finally {
      locked.lock.unlock();
    }
    locked.lock.lock();
    try {
      return locked.deque.pollFirst();
    } finally {
      locked.lock.unlock();
    }
  }

  /** {@code IoCsqInsertIrp}, {@code IoCancelIrp} with the completion inside it, {@code IoReuseIrp}. */
  @Benchmark
  public boolean insertCancel(Driver driver, Requester requester) {
    Irp irp = requester.irp();
    driver.csq.insertIrp(irp, null);
    boolean called = driver.io.cancelIrp(irp);
    Driver.renew(irp);
    return called;
  }

  /** What {@link #insertCancel} is held against. */
  @Benchmark
  public boolean lockedAddRemove(LockedDeque locked, Element mine) {
    locked.lock.lock();
    try {
      locked.deque.addLast(mine.element);
    } finally {
      locked.lock.unlock();
    }
    locked.lock.lock();
    try {
      return locked.deque.remove(mine.element);
    } finally {
      locked.lock.unlock();
    }
  }

  /** {@link #lockedAddRemove} of an IRP, completed and renewed as {@link #insertCancel} does. */
  @Benchmark
  public boolean lockedAddRemoveComplete(LockedDeque locked, Driver driver, Requester requester) {
    Irp irp = requester.irp();
    locked.lock.lock();
    try {
      locked.deque.addLast(irp);
    } finally {
      locked.lock.unlock();
    }
    boolean removed;
    locked.lock.lock();
    try {
      removed = locked.deque.remove(irp);
    } finally {
      locked.lock.unlock();
    }
    driver.completeCancelled(irp);
    Driver.renew(irp);
    return removed;
  }

  /** The least that {@link #insertRemoveNext} can cost. */
  @Benchmark
  public @Nullable Object protocolInsertRemoveNext(Protocol protocol) {
    return protocol.insert() ? null : protocol.removeNext();
  }

  /** The least that {@link #insertCancel} can cost. */
  @Benchmark
  public @Nullable Object protocolInsertCancel(Protocol protocol) {
    return protocol.insert() ? null : protocol.cancel();
  }

  /** A request's whole way: {@link #insertRemoveNext}, {@code IoCompleteRequest}, {@code IoReuseIrp}. */
  @Benchmark
  public @Nullable Irp insertRemoveNextComplete(Driver driver, Requester requester) {
    driver.csq.insertIrp(requester.irp(), null);
    Irp irp = driver.csq.removeNextIrp(null);
    if (irp != null) {
      driver.io.completeRequest(irp);
      Driver.renew(irp);
    }
    return irp;
  }

  /** {@link #insertRemoveNext} by two threads at once. */
  @Benchmark
  @Threads(2)
  public @Nullable Irp contendedInsertRemoveNext(Driver driver, Requester requester) {
    driver.csq.insertIrp(requester.irp(), null);
    return requester.next(driver.csq.removeNextIrp(null));
  }

  /** {@link #lockedAddPoll} by two threads at once. */
  @Benchmark
  @Threads(2)
  public @Nullable Object contendedLockedAddPoll(LockedDeque locked, Element mine) {
    return lockedAddPoll(locked, mine);
  }

  /** {@link #insertCancel} by two threads at once, each its own request. */
  @Benchmark
  @Threads(2)
  public boolean contendedInsertCancel(Driver driver, Requester requester) {
    return insertCancel(driver, requester);
  }

  /** {@link #lockedAddRemove} by two threads at once, each its own object. */
  @Benchmark
  @Threads(2)
  public boolean contendedLockedAddRemove(LockedDeque locked, Element mine) {
    return lockedAddRemove(locked, mine);
  }
}
