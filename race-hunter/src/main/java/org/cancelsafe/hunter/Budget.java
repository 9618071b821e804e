package org.cancelsafe.hunter;

import java.time.Duration;

/**
 * How much a hunt may spend on one scenario.
 *
 * @param time how long
 * @param schedules how many schedules
 */
public record Budget(Duration time, long schedules) {
  /** Enough for the scenarios of a catalogue. */
  public static final Budget STANDARD = new Budget(Duration.ofSeconds(4), 2_000_000);

  /** This much time, and as many schedules as fit. */
  public static Budget of(Duration time) {
    return new Budget(time, Long.MAX_VALUE);
  }
}
