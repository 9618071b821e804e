package org.cancelsafe.hunter.strategy;

import java.util.SplittableRandom;

/**
 * At every step one of those who can go on, each as likely as the others. Schedules are not equally likely: those with
 * few choices in them come more often. Simple, without assumptions, and what the cleverer ones are compared with.
 *
 * <p>Each run has a seed of its own, made from the strategy's and the run's number.
 */
public final class UniformRandom implements Sampler {
  private final Seeds seeds;
  private SplittableRandom random = new SplittableRandom(0);

  /** Random runs from this seed. */
  public UniformRandom(long seed) {
    this.seeds = new Seeds(seed);
  }

  @Override
  public void goTo(long run) {
    seeds.goTo(run);
  }

  @Override
  public boolean nextRun() {
    random = seeds.next();
    return true;
  }

  @Override
  public int choose(Choice choice) {
    return Bits.nth(choice.enabled(), random.nextInt(Long.bitCount(choice.enabled())));
  }
}
