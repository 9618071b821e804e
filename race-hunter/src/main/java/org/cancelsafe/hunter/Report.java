package org.cancelsafe.hunter;

import java.time.Duration;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Expectation;
import org.cancelsafe.hunter.trace.Trace;
import org.jspecify.annotations.Nullable;

/**
 * What came of hunting in one scenario.
 *
 * @param scenario the scenario
 * @param verdict the verdict
 * @param finding what was found: of a race or an error, otherwise null
 * @param how how the verdict was reached, in words
 * @param schedules how many schedules were run
 * @param counterexample of a race found by exploring, otherwise null
 * @param time how long it took
 */
public record Report(
    Scenario scenario,
    Verdict verdict,
    @Nullable Finding finding,
    String how,
    long schedules,
    @Nullable Counterexample counterexample,
    Duration time) {

  /**
   * A schedule that goes wrong.
   *
   * @param replay what replays it
   * @param preemptions how often it interrupts somebody who could have gone on
   * @param switches how often it changes the activity
   * @param trace what it does
   */
  public record Counterexample(ReplayString replay, int preemptions, int switches, Trace trace) {}

  /** The rule that was broken; empty when none was. */
  public String rule() {
    return finding == null ? "" : finding.rule();
  }

  /**
   * Whether this is what the scenario's author expected. The rule counts for the smallest counterexample, which
   * exploring finds; on live threads the same mistake may break another one first.
   */
  public boolean isAsExpected() {
    if (scenario.expectation() == Expectation.RACE) {
      boolean expectedRule = scenario.rule().isEmpty() || scenario.rule().equals(rule());
      return verdict == Verdict.RACE && (expectedRule || counterexample == null);
    }
    return verdict == Verdict.VERIFIED || verdict == Verdict.CLEAN_WITHIN_BUDGET;
  }
}
