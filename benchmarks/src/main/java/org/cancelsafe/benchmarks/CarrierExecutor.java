package org.cancelsafe.benchmarks;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.machine.Carrier;

/** JMH's worker threads, of the class that the machine's own threads have. */
public final class CarrierExecutor extends ThreadPoolExecutor {
  /** What selects this executor in a forked JVM. */
  static final String SELECT_CUSTOM = "-Djmh.executor=CUSTOM";

  /** What names this executor in a forked JVM. */
  static final String SELECT_THIS = "-Djmh.executor.class=org.cancelsafe.benchmarks.CarrierExecutor";

  /** As JMH calls it. */
  public CarrierExecutor(int maxThreads, String prefix) {
    this(maxThreads, prefix, new AtomicInteger());
  }

  private CarrierExecutor(int maxThreads, String prefix, AtomicInteger count) {
    super(
        maxThreads,
        maxThreads,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        body -> new Carrier(prefix + "-carrier-" + count.incrementAndGet(), body));
  }
}
