package org.cancelsafe.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Builder;
import org.junit.jupiter.api.Test;

/** How the time of a live hunt is shared: a time that is over at once leaves each turn one round. */
class LiveHuntTest {
  private static final int TURNS = 6;
  private static final Duration OVER_AT_ONCE = Duration.ofNanos(1);

  private final AtomicInteger rounds = new AtomicInteger();

  private Scenario wrongInRound(int round, Builder builder) {
    return builder.model(
        machine -> {
          if (rounds.incrementAndGet() == round) {
            throw new AssertionError("round " + round);
          }
        });
  }

  private static Verdict verdictOn(Scenario scenario) {
    try (Progress progress = Progress.of("hammering", 1)) {
      List<Report> reports = new LiveHunt(List.of(scenario), 1, progress).run(OVER_AT_ONCE);
      return reports.get(0).verdict();
    }
  }

  @Test
  void anExpectedRaceIsHammeredOnWhenTheTimeIsOver() {
    assertEquals(Verdict.RACE, verdictOn(wrongInRound(TURNS + 1, Scenario.named("late").expectingRace())));
    assertEquals(TURNS + 1, rounds.get());
  }

  @Test
  void whatIsExpectedToBeSafeIsNot() {
    assertEquals(Verdict.CLEAN_WITHIN_BUDGET, verdictOn(wrongInRound(TURNS + 1, Scenario.named("late"))));
    assertEquals(TURNS, rounds.get());
  }
}
