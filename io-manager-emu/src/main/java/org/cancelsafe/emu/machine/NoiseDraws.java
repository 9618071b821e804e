package org.cancelsafe.emu.machine;

/** What one activity draws in one round: the same for the same seed, whatever the others do. */
final class NoiseDraws {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private long state;

  /** How many places it passes before it waits, where that was drawn; otherwise negative. */
  long placesToPass = -1;

  NoiseDraws(long seed, int activity) {
    this.state = mix(seed + activity * GOLDEN_GAMMA);
  }

  /** A number from 0 to below this bound. */
  long next(long bound) {
    state += GOLDEN_GAMMA;
    return (mix(state) >>> 1) % bound;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
