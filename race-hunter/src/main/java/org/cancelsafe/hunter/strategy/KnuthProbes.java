package org.cancelsafe.hunter.strategy;

import java.util.SplittableRandom;

/**
 * Estimates the number of schedules: random walks from the root of the tree of all schedules to a leaf, each weighted
 * with the product of the numbers of branches on its way (Knuth, Mathematics of Computation 29, 1975). The mean is
 * unbiased; its variance is large, hence the band.
 *
 * <p>The same on the tree that a search with sleep sets goes through would count classes. But most of its walks end
 * where everybody sleeps and weigh nothing, and a few weigh very much, so that its band would be a lie.
 */
public final class KnuthProbes implements Strategy {
  private final Seeds seeds;
  private SplittableRandom random = new SplittableRandom(0);
  private double weight;
  private long probes;
  private double mean;
  private double squares;
  private boolean walking;

  /** Walks from this seed. */
  public KnuthProbes(long seed) {
    this.seeds = new Seeds(seed);
  }

  @Override
  public boolean nextRun() {
    count();
    random = seeds.next();
    weight = 1;
    walking = true;
    return true;
  }

  /** Welford's mean and sum of squares. */
  private void count() {
    if (walking) {
      probes++;
      double off = weight - mean;
      mean += off / probes;
      squares += off * (weight - mean);
    }
    walking = false;
  }

  @Override
  public int choose(Choice choice) {
    int branches = Long.bitCount(choice.enabled());
    weight *= branches;
    return Bits.nth(choice.enabled(), random.nextInt(branches));
  }

  /** The number of schedules, as far as the walks so far can tell. */
  public Estimate estimate() {
    count();
    return probes < 2 ? Estimate.NONE : Estimate.ofMean(mean, Math.sqrt(squares / (probes - 1)), probes);
  }

  @Override
  public boolean isExhaustive() {
    return false;
  }
}
