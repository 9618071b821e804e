package org.cancelsafe.emu.machine;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Delays at the steps of a live machine. A race needs somebody to stop between two steps while the others take some of
 * theirs; so now and then an activity waits at a step until a number of steps was taken elsewhere, or until a while has
 * passed because the others wait for it. A round has either many short delays or few long ones: the first kind mixes
 * the steps, the second lets the others come to their end in between. All threads of a round set off together.
 */
final class Noise {
  private static final long LONGEST_START_NANOS = 300_000;
  private static final long LONGEST_TIME_NANOS = 100_000;

  private final long seed;
  private final int oneStepIn;
  private final int mostStepsToAwait;
  private final long longestNanos;
  private final AtomicLong steps = new AtomicLong();
  private final AtomicInteger notAtStart = new AtomicInteger();
  private final ThreadLocal<long[]> random = new ThreadLocal<>();

  Noise(long seed) {
    this.seed = seed;
    boolean manyShort = (mix(seed) & 1) == 0;
    this.oneStepIn = manyShort ? 5 : 14;
    this.mostStepsToAwait = manyShort ? 16 : 80;
    this.longestNanos = manyShort ? 25_000 : 120_000;
  }

  /** So many threads are about to set off. */
  void expect(int threads) {
    notAtStart.set(threads);
  }

  /** A thread waits for the others to be where it is, so that none has come to its end before another has begun. */
  void awaitStart(Machine machine) {
    notAtStart.decrementAndGet();
    long deadline = System.nanoTime() + LONGEST_START_NANOS;
    while (notAtStart.get() > 0 && System.nanoTime() < deadline && !machine.isStopped()) {
      Thread.yield();
    }
  }

  void at(Activity self, Machine machine) {
    long now = steps.incrementAndGet();
    long draw = next(self);
    if (Long.remainderUnsigned(draw, oneStepIn) != 0) {
      return;
    }
    long awaited = now + 1 + ((draw >>> 32) % mostStepsToAwait);
    long deadline = System.nanoTime() + longestNanos;
    while (steps.get() < awaited && System.nanoTime() < deadline && !machine.isStopped()) {
      Thread.yield();
    }
  }

  /**
   * How long a time that a model waits for is on a noisy machine: short, and not the same each time, so that rounds are
   * short and an expiry meets every other step.
   */
  long hasten(Activity self, long nanos) {
    return nanos <= 0 ? nanos : Math.min(nanos, 1 + next(self) % LONGEST_TIME_NANOS);
  }

  private long next(Activity self) {
    long[] state = random.get();
    if (state == null || state[1] != self.id()) {
      state = new long[] {mix(seed + self.id() * 0x9E3779B97F4A7C15L), self.id()};
      random.set(state);
    }
    state[0] += 0x9E3779B97F4A7C15L;
    return mix(state[0]) >>> 1;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
