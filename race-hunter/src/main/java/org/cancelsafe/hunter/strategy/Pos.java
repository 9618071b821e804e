package org.cancelsafe.hunter.strategy;

import java.util.SplittableRandom;

/**
 * Partial order sampling (Yuan, Yang and Gu, CAV 2018). Every step that somebody could take next has a random priority,
 * and the highest is taken; the steps that race with it get new priorities, and so does whatever comes next from the
 * same activity. Orders of steps that race with each other come about equally likely, however many others there are in
 * between.
 *
 * <p>Where it differs from the paper: a step that was not possible and has become possible gets a new priority, since
 * what made it possible races with it. Steps that race with nothing are not taken first, as some tools do: such a step
 * may be the one that makes others wait.
 */
public final class Pos implements Sampler {
  private final Seeds seeds;
  private final long[] priority = new long[Long.SIZE];
  private SplittableRandom random = new SplittableRandom(0);
  private long drawn;

  /** Runs from this seed. */
  public Pos(long seed) {
    this.seeds = new Seeds(seed);
  }

  @Override
  public void goTo(long run) {
    seeds.goTo(run);
  }

  @Override
  public boolean nextRun() {
    random = seeds.next();
    drawn = 0;
    return true;
  }

  @Override
  public int choose(Choice choice) {
    long enabled = choice.enabled();
    for (long rest = enabled & ~drawn; rest != 0; rest &= rest - 1) {
      priority[Long.numberOfTrailingZeros(rest)] = random.nextLong();
    }
    int next = Long.numberOfTrailingZeros(enabled);
    for (long rest = enabled; rest != 0; rest &= rest - 1) {
      int candidate = Long.numberOfTrailingZeros(rest);
      next = priority[candidate] > priority[next] ? candidate : next;
    }
    drawn = enabled & ~(1L << next);
    for (long rest = drawn; rest != 0; rest &= rest - 1) {
      int other = Long.numberOfTrailingZeros(rest);
      if (!choice.independent(other, next)) {
        drawn &= ~(1L << other);
      }
    }
    return next;
  }
}
