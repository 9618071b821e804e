package org.cancelsafe.hunter;

import java.util.concurrent.atomic.LongAdder;
import org.cancelsafe.hunter.scenario.Scenario;

/**
 * Hunts for races.
 *
 * <pre>{@code
 * Report report = Hunter.explore(scenario, Budget.STANDARD);
 * }</pre>
 *
 * @see Hunt for more to say about how
 */
public final class Hunter {
  private Hunter() {}

  /** Explores a scenario: finds a smallest counterexample, or goes through every inequivalent schedule. */
  public static Report explore(Scenario scenario, Budget budget) {
    return Hunt.in(scenario).budget(budget).run();
  }

  /** Explores a scenario, and counts the schedules for whoever watches. */
  public static Report explore(Scenario scenario, Budget budget, LongAdder schedules) {
    return Hunt.in(scenario).budget(budget).watchedBy(new HuntProgress(schedules)).run();
  }

  /** Explores a scenario within {@link Budget#STANDARD}. */
  public static Report explore(Scenario scenario) {
    return explore(scenario, Budget.STANDARD);
  }

  /**
   * Replays one schedule of a scenario.
   *
   * @return a report of a race or, when the schedule goes well, of no finding within its one schedule
   * @throws ReplayString.Malformed when the string was recorded for another scenario, or for another version of it
   */
  public static Report replay(Scenario scenario, ReplayString replay) {
    return Replay.of(scenario, replay);
  }
}
