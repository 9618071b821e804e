package org.cancelsafe.emu.machine;

/** Where the activities of one round wait, and for how long at most. */
enum NoisePattern {
  /** Often and not for long: that mixes the steps. */
  MANY_SHORT(16, 25_000) {
    @Override
    boolean isToWait(NoiseDraws draws) {
      return draws.next(5) == 0;
    }
  },

  /** Seldom and longer: the others take many steps in between. */
  FEW_LONG(80, 120_000) {
    @Override
    boolean isToWait(NoiseDraws draws) {
      return draws.next(14) == 0;
    }
  },

  /**
   * At one place or a few, and there until nobody else can go on, as after a change of priority in PCT (Burckhardt,
   * Kothari, Musuvathi and Nagarakatte, ASPLOS 2010). How many places there are is not known beforehand, so that near
   * ones are likelier than far ones.
   */
  CHANGE_POINTS(Integer.MAX_VALUE, 1_000_000) {
    @Override
    boolean isToWait(NoiseDraws draws) {
      if (draws.placesToPass < 0) {
        draws.placesToPass = draws.next(2L << draws.next(FARTHEST_LOG2));
      }
      return draws.placesToPass-- == 0;
    }
  };

  private static final int FARTHEST_LOG2 = 6;

  private final long mostSteps;
  private final long longestNanos;

  NoisePattern(long mostSteps, long longestNanos) {
    this.mostSteps = mostSteps;
    this.longestNanos = longestNanos;
  }

  /** One of them. */
  static NoisePattern drawn(NoiseDraws round) {
    return values()[(int) round.next(values().length)];
  }

  /** Whether an activity waits at the place where it is now. */
  abstract boolean isToWait(NoiseDraws draws);

  /** How many steps of others it waits for. */
  long mostSteps() {
    return mostSteps;
  }

  /** How many nanoseconds it waits. */
  long longestNanos() {
    return longestNanos;
  }
}
