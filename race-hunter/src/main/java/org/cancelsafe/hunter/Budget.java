package org.cancelsafe.hunter;

import java.time.Duration;

/**
 * How much a hunt may spend on one scenario.
 *
 * @param time how long
 * @param schedules how many schedules
 * @param steps how many steps each of them; one that needs more makes no progress, which is a finding
 */
public record Budget(Duration time, long schedules, int steps) {
  private static final int STANDARD_STEPS = 5_000;

  /** Enough for the scenarios of a catalogue. */
  public static final Budget STANDARD = new Budget(Duration.ofSeconds(4), 2_000_000);

  /** A budget must allow something. */
  public Budget {
    if (schedules < 1 || steps < 1 || time.isNegative()) {
      throw new IllegalArgumentException(
          "a budget allows at least one schedule and one step, and no negative time: " + time + ", " + schedules + ", "
              + steps);
    }
  }

  /** This much time, so many schedules, each of so many steps as are enough for any but one that goes in circles. */
  public Budget(Duration time, long schedules) {
    this(time, schedules, STANDARD_STEPS);
  }

  /** This much time, and as many schedules as fit. */
  public static Budget of(Duration time) {
    return new Budget(time, Long.MAX_VALUE);
  }
}
