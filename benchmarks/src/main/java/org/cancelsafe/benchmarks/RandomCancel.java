package org.cancelsafe.benchmarks;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.cancelsafe.emu.io.Irp;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Any one request of a long queue is cancelled, and put at the end again so that the depth stays. The baseline does
 * what can be done with the JDK's collections in constant time: it takes any one element out of a {@link LinkedHashSet}
 * by reference and puts it at the end again, two critical sections of a {@link ReentrantLock}. It comes twice: once its
 * elements are bare objects, the least memory and the cheapest hash there is, once IRPs that are completed and renewed
 * each time as ours are. All draw from the same random sequence and from a shuffled array, so that neighbours in the
 * queue are strangers in memory.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 4, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 40, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgs = "-XX:+UseParallelGC",
    jvmArgsAppend = {CarrierExecutor.SELECT_CUSTOM, CarrierExecutor.SELECT_THIS, "-Xms2g", "-Xmx2g"})
public class RandomCancel {
  /** IRPs in a queue. */
  @State(Scope.Thread)
  public static class Queued {
    /** How many. */
    @Param({"10", "1000", "100000", "1000000"})
    public int depth;

    Irp[] irps = new Irp[0];
    final Dice dice = new Dice();

    /** Fills the queue. */
    @Setup(Level.Trial)
    public void fill(Driver driver) {
      irps = new Irp[depth];
      Arrays.setAll(irps, i -> driver.newIrp());
      driver.machine.run(() -> Arrays.stream(irps).forEach(irp -> driver.csq.insertIrp(irp, null)));
      dice.shuffle(irps);
      System.gc();
    }
  }

  /** Objects in a set. */
  @State(Scope.Thread)
  public static class Linked {
    /** How many. */
    @Param({"10", "1000", "100000", "1000000"})
    public int depth;

    Object[] elements = new Object[0];
    final LinkedSet set = new LinkedSet();
    final Dice dice = new Dice();

    /** Fills the set. */
    @Setup(Level.Trial)
    public void fill() {
      elements = new Object[depth];
      Arrays.setAll(elements, i -> new Object());
      Arrays.stream(elements).forEach(set::add);
      dice.shuffle(elements);
      System.gc();
    }
  }

  /** IRPs in a set. */
  @State(Scope.Thread)
  public static class LinkedIrps {
    /** How many. */
    @Param({"10", "1000", "100000", "1000000"})
    public int depth;

    Irp[] irps = new Irp[0];
    final LinkedSet set = new LinkedSet();
    final Dice dice = new Dice();

    /** Fills the set. */
    @Setup(Level.Trial)
    public void fill(Driver driver) {
      irps = new Irp[depth];
      Arrays.setAll(irps, i -> driver.newIrp());
      Arrays.stream(irps).forEach(set::add);
      dice.shuffle(irps);
      System.gc();
    }
  }

  private static final class LinkedSet {
    final ReentrantLock lock = new ReentrantLock();
    final LinkedHashSet<Object> set = new LinkedHashSet<>();

    void add(Object element) {
      lock.lock();
      try {
        set.add(element);
      } finally {
        lock.unlock();
      }
    }

    boolean remove(Object element) {
      lock.lock();
      try {
        return set.remove(element);
      } finally {
        lock.unlock();
      }
    }
  }

  /** {@code IoCancelIrp} of any queued IRP, {@code IoReuseIrp}, {@code IoCsqInsertIrp}. */
  @Benchmark
  public boolean cancelAny(Driver driver, Requester requester, Queued queued) {
    Irp irp = queued.irps[queued.dice.below(queued.depth)];
    boolean called = driver.io.cancelIrp(irp);
    driver.csq.insertIrp(Driver.renew(irp), null);
    return called;
  }

  /** What {@link #cancelAny} is held against: the set alone. */
  @Benchmark
  public boolean lockedRemoveAny(Linked linked) {
    Object element = linked.elements[linked.dice.below(linked.depth)];
    boolean removed = linked.set.remove(element);
    linked.set.add(element);
    return removed;
  }

  /** What {@link #cancelAny} is held against: the set instead of the queue, all else the same. */
  @Benchmark
  public boolean lockedCancelAny(Driver driver, Requester requester, LinkedIrps linked) {
    Irp irp = linked.irps[linked.dice.below(linked.depth)];
    boolean removed = linked.set.remove(irp);
    driver.completeCancelled(irp);
    linked.set.add(Driver.renew(irp));
    return removed;
  }
}
