package org.cancelsafe.hunter.strategy;

import java.util.SplittableRandom;

/**
 * A source of random numbers for each run, so that a run can be made again without those before it. The runs' seeds are
 * hashed: {@link SplittableRandom} goes from number to number by a constant, and seeds that are multiples of it would
 * give every run the numbers of the one before, moved by one.
 */
final class Seeds {
  private final long seed;
  private long run;

  Seeds(long seed) {
    this.seed = ClassHash.mix(seed + 1);
  }

  /** The next run is the one with this number, counted from 1. */
  void goTo(long number) {
    run = number - 1;
  }

  /** The number of the run that was begun last. */
  long run() {
    return run;
  }

  SplittableRandom next() {
    return new SplittableRandom(ClassHash.mix(seed + ++run));
  }
}
