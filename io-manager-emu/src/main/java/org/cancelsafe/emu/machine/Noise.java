package org.cancelsafe.emu.machine;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Delays at the steps of a live machine. A race needs somebody to stop between two steps while the others take some of
 * theirs; so now and then an activity waits at a step until a random number of steps was taken elsewhere, or until a
 * while has passed because the others wait for it.
 */
final class Noise {
  private static final int ONE_STEP_IN = 5;
  private static final int MOST_STEPS_TO_AWAIT = 24;
  private static final long LONGEST_NANOS = 60_000;
  private static final long LONGEST_TIME_NANOS = 100_000;

  private final long seed;
  private final AtomicLong steps = new AtomicLong();
  private final ThreadLocal<long[]> random = new ThreadLocal<>();

  Noise(long seed) {
    this.seed = seed;
  }

  void at(Activity self, Machine machine) {
    long now = steps.incrementAndGet();
    long draw = next(self);
    if (Long.remainderUnsigned(draw, ONE_STEP_IN) != 0) {
      return;
    }
    long awaited = now + 1 + ((draw >>> 32) % MOST_STEPS_TO_AWAIT);
    long deadline = System.nanoTime() + LONGEST_NANOS;
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
