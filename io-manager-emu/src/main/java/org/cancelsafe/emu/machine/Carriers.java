package org.cancelsafe.emu.machine;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** The JVM threads that live machines run their threads on, kept for the next machine. */
final class Carriers {
  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final ExecutorService POOL =
      Executors.newCachedThreadPool(body -> new Carrier("machine-thread-" + COUNT.incrementAndGet(), body));

  private Carriers() {}

  static void execute(Runnable body) {
    POOL.execute(body);
  }
}
