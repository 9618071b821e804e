package org.cancelsafe.emu.machine;

import java.util.SplittableRandom;

/**
 * Which allocations that a driver asks for fail: Driver Verifier's low resources simulations.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/devtest/low-resources-simulation">Low resources
 *     simulation</a>
 */
public abstract class LowResources extends MachineObject {
  /** How many of a hundred allocations fail at random unless somebody says otherwise. */
  public static final int PERCENT = 6;

  LowResources() {
    super("pool");
  }

  /** Whether the next allocation fails. Real threads may ask at once. */
  abstract boolean nextFails();

  /** Fails so many of a hundred allocations, drawn from this seed. */
  public static LowResources randomized(long seed, int percent) {
    if (percent < 0 || percent > 100) {
      throw new IllegalArgumentException("0 to 100 of a hundred allocations can fail, not " + percent);
    }
    SplittableRandom random = new SplittableRandom(seed);
    return new LowResources() {
      @Override
      synchronized boolean nextFails() {
        return random.nextInt(100) < percent;
      }
    };
  }

  /** Fails this one allocation, counted from 1. One machine after the other, each with the next, walks every path. */
  public static Systematic systematic(int number) {
    return new Systematic(number);
  }

  /** Fails one allocation by its number. */
  public static final class Systematic extends LowResources {
    private final int number;
    private int asked;

    private Systematic(int number) {
      if (number < 1) {
        throw new IllegalArgumentException("allocations are counted from 1, not " + number);
      }
      this.number = number;
    }

    @Override
    synchronized boolean nextFails() {
      return ++asked == number;
    }

    /** Whether there were so many allocations; where not, there is no failure path left to walk. */
    public synchronized boolean isReached() {
      return asked >= number;
    }
  }
}
