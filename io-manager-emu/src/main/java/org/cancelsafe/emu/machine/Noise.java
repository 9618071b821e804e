package org.cancelsafe.emu.machine;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import java.util.function.Predicate;

/**
 * The delays of one round. A race needs somebody to stop at one place while the others take some of their steps; so now
 * and then an activity waits until a number of steps was taken elsewhere, until nobody else can go on, or until a while
 * has passed. Where others wait for its processor and may have it, it is preempted instead. The places are the steps
 * and, in half of the rounds, also what is done between them. All threads of a round set off together.
 */
final class Noise {
  private static final long LONGEST_START_NANOS = 300_000;
  private static final long LONGEST_TIME_NANOS = 100_000;

  private final long seed;
  private final Machine machine;
  private final IntSupplier canGoOn;
  private final Predicate<Activity> preempts;
  private final NoiseDraws round;
  private final NoisePattern pattern;
  private final boolean isBetweenSteps;
  private final Watchpoints watchpoints = new Watchpoints();
  private final Map<Activity, NoiseDraws> draws = new ConcurrentHashMap<>();
  private final AtomicLong steps = new AtomicLong();
  private final AtomicInteger standing = new AtomicInteger();
  private final AtomicInteger notAtStart = new AtomicInteger();

  /**
   * Drawn from this seed.
   *
   * @param canGoOn tells how many activities can go on, counting those that stand
   * @param preempts lets in what waits for an activity's processor and may have it; whether there was anything
   */
  Noise(long seed, Machine machine, IntSupplier canGoOn, Predicate<Activity> preempts) {
    this.seed = seed;
    this.machine = machine;
    this.canGoOn = canGoOn;
    this.preempts = preempts;
    this.round = new NoiseDraws(seed, 0);
    this.pattern = NoisePattern.drawn(round);
    this.isBetweenSteps = round.next(2) == 0;
  }

  /** So many threads are about to set off. */
  void expect(int threads) {
    notAtStart.set(threads);
  }

  /** A thread waits for the others to be where it is, so that none has come to its end before another has begun. */
  void awaitStart() {
    notAtStart.decrementAndGet();
    long deadline = System.nanoTime() + LONGEST_START_NANOS;
    while (notAtStart.get() > 0 && System.nanoTime() < deadline && !machine.isStopped()) {
      Thread.yield();
    }
  }

  /** An activity takes a step. */
  void at(Activity self) {
    steps.incrementAndGet();
    if (isToWait(self)) {
      await(self);
    }
  }

  /** An activity is between two steps. */
  void between(Activity self) {
    if (isBetweenSteps && isToWait(self)) {
      await(self);
    }
  }

  /** An activity is between two steps, and accesses plain memory. */
  void access(Activity self, Cell cell, boolean write) {
    watchpoints.check(self, cell, write);
    if (isBetweenSteps && isToWait(self)) {
      watchpoints.during(self, cell, write, () -> await(self));
    }
  }

  private boolean isToWait(Activity self) {
    return pattern.isToWait(draws(self));
  }

  private void await(Activity self) {
    long awaited = steps.get() + 1 + draws(self).next(pattern.mostSteps());
    long deadline = System.nanoTime() + pattern.longestNanos();
    stands();
    try {
      while (!preempts.test(self)
          && steps.get() < awaited
          && canAnybodyElseGoOn()
          && System.nanoTime() < deadline
          && !machine.isStopped()) {
        Thread.yield();
      }
    } finally {
      goesOn();
    }
  }

  private boolean canAnybodyElseGoOn() {
    return canGoOn.getAsInt() > standing.get();
  }

  /** An activity cannot go on for now: it waits here, spins, or was interrupted. */
  void stands() {
    standing.incrementAndGet();
  }

  /** It can again. */
  void goesOn() {
    standing.decrementAndGet();
  }

  /**
   * How long a time that a model waits for is on a noisy machine: short, and not the same each time, so that rounds are
   * short and an expiry meets every other step.
   */
  long hasten(Activity self, long nanos) {
    return nanos <= 0 ? nanos : Math.min(nanos, 1 + draws(self).next(LONGEST_TIME_NANOS));
  }

  /** How long it takes until what the set-up has asked for begins: it meets every step of the threads. */
  long soon() {
    return 1 + round.next(LONGEST_TIME_NANOS);
  }

  private NoiseDraws draws(Activity self) {
    return draws.computeIfAbsent(self, it -> new NoiseDraws(seed, it.id()));
  }
}
