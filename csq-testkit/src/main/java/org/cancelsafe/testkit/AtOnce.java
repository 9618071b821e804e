package org.cancelsafe.testkit;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.opentest4j.TestAbortedException;

/**
 * Sees to it that two threads at full speed have run at the same time, and not one after the other, as they may where
 * the machine is busy: then nothing that is wrong could have shown. What is counted is how often one found that the
 * other had gone on meanwhile.
 */
final class AtOnce {
  private static final int ENOUGH = 50;
  static final int MOST_MISSED = 300;
  private static final int INTERVAL = 16;
  private static final int LONGEST_SPIN = 1_000_000;

  private final AtomicInteger arrived = new AtomicInteger();
  private final AtomicIntegerArray rounds = new AtomicIntegerArray(2);
  private final AtomicInteger meetings = new AtomicInteger();

  private AtOnce() {}

  /**
   * Makes attempts until in so many of them the threads have met often enough.
   *
   * @throws TestAbortedException when there were too many in which they did not
   */
  static void attempt(int times, Consumer<AtOnce> attempt) {
    int met = 0;
    for (int missed = 0; met < times && missed < MOST_MISSED; ) {
      AtOnce both = new AtOnce();
      attempt.accept(both);
      if (both.meetings.get() >= ENOUGH) {
        met++;
      } else {
        missed++;
      }
    }
    if (met < times) {
      throw new TestAbortedException(
          "not all was seen: this machine did not run two threads at once in " + MOST_MISSED + " attempts");
    }
  }

  /** One of the threads, 0 or 1, does this so often; it begins when the other one does. */
  void run(int thread, int times, IntConsumer round) {
    arrived.incrementAndGet();
    for (int i = 0; arrived.get() < 2 && i < LONGEST_SPIN; i++) {
      Thread.onSpinWait();
    }
    int before = 0;
    for (int i = 0; i < times; i++) {
      round.accept(i);
      if (i % INTERVAL == 0) {
        rounds.set(thread, i);
        int others = rounds.get(1 - thread);
        meetings.addAndGet(others == before ? 0 : 1);
        before = others;
      }
    }
  }
}
