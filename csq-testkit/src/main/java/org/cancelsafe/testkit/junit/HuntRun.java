package org.cancelsafe.testkit.junit;

import java.time.Duration;
import org.cancelsafe.hunter.Approach;
import org.cancelsafe.hunter.Budget;
import org.cancelsafe.hunter.Hammer;
import org.cancelsafe.hunter.Hunt;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.ReplayString;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/** What a test with {@link RaceHunt} does: replays one schedule, or explores, and hammers if it was asked to. */
final class HuntRun {
  private static final int DEFAULT_ROUNDS = 1_000;

  private final RaceHunt hunt;
  private final Scenario scenario;
  private final Approach approach;

  HuntRun(RaceHunt hunt, Scenario scenario) {
    this.hunt = hunt;
    this.scenario = scenario;
    this.approach = isLive() ? Approach.AUTO : approach();
    check(hunt.seconds() > 0, "seconds is 1 or more, not " + hunt.seconds());
    check(hunt.schedules() > 0, "schedules is 1 or more, not " + hunt.schedules());
    check(
        hunt.expectRace().isEmpty() || RuleNames.isKnown(scenario.rule()),
        "no rule is called '" + scenario.rule() + "'; docs/rules.md has them all, and a trace names the one it breaks");
    check(hunt.live() >= 0, "live is a number of rounds, not " + hunt.live());
  }

  private boolean isLive() {
    return hunt.strategy().equals(RaceHunt.LIVE);
  }

  private Approach approach() {
    try {
      return Approach.parse(hunt.strategy());
    } catch (IllegalArgumentException e) {
      throw new ExtensionConfigurationException("@RaceHunt of " + scenario + ": " + e.getMessage() + "; and live", e);
    }
  }

  private void check(boolean fine, String message) {
    if (!fine) {
      throw new ExtensionConfigurationException("@RaceHunt of " + scenario + ": " + message);
    }
  }

  /**
   * What came of a hunt.
   *
   * @param report what counts
   * @param live what was found on real threads before, which the report explains, or null
   */
  record Outcome(Report report, @Nullable Report live) {}

  Outcome run() {
    if (!hunt.replay().isEmpty()) {
      return new Outcome(Hunter.replay(scenario, ReplayString.parse(hunt.replay())), null);
    }
    return isLive() ? hammerFirst() : exploreFirst();
  }

  private Outcome exploreFirst() {
    Report explored = explore();
    if (hunt.live() == 0 || explored.finding() != null) {
      return new Outcome(explored, null);
    }
    Report hammered = hammer(hunt.live());
    return new Outcome(hammered.finding() == null ? explored : hammered, null);
  }

  private Outcome hammerFirst() {
    Report hammered = hammer(hunt.live() == 0 ? DEFAULT_ROUNDS : hunt.live());
    if (hammered.finding() == null) {
      return new Outcome(hammered, null);
    }
    Report explored = explore();
    return explored.verdict() == Verdict.RACE ? new Outcome(explored, hammered) : new Outcome(hammered, null);
  }

  private Report hammer(int rounds) {
    Hammer hammer = new Hammer(scenario, hunt.seed());
    hammer.hammer(rounds);
    return hammer.report();
  }

  private Report explore() {
    return Hunt.in(scenario)
        .budget(new Budget(Duration.ofSeconds(hunt.seconds()), hunt.schedules()))
        .approach(approach)
        .seed(hunt.seed())
        .run();
  }
}
