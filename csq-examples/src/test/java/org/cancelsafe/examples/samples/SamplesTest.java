package org.cancelsafe.examples.samples;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.Streams;
import java.time.Duration;
import java.util.stream.Stream;
import org.cancelsafe.hunter.Budget;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Expectation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every broken variant is found out by the rule that its author expects; every other one is verified to the end. */
class SamplesTest {
  private static final Budget BUDGET = Budget.of(Duration.ofSeconds(60));
  private static final int LONGEST_ABOUT = 70;

  static Stream<Scenario> scenarios() {
    return Streams.concat(
        ReadyMadeQueues.scenarios().stream(),
        PollingDriverScenarios.scenarios().stream(),
        StartIoDriverScenarios.scenarios().stream());
  }

  static Stream<Scenario> broken() {
    return scenarios().filter(scenario -> scenario.expectation() == Expectation.RACE);
  }

  static Stream<Scenario> safe() {
    return scenarios().filter(scenario -> scenario.expectation() == Expectation.SAFE);
  }

  @ParameterizedTest
  @MethodSource("broken")
  void brokenOnesAreFoundAndReplayed(Scenario scenario) {
    Report report = Hunter.explore(scenario, BUDGET);
    assertEquals(Verdict.RACE, report.verdict(), () -> ReportText.of(report));
    assertEquals(scenario.rule(), report.rule(), () -> ReportText.of(report));
    assertNotNull(report.counterexample());
    Report again = Hunter.replay(scenario, report.counterexample().replay());
    assertEquals(report.rule(), again.rule(), () -> ReportText.of(again));
  }

  @ParameterizedTest
  @MethodSource("safe")
  void safeOnesAreVerified(Scenario scenario) {
    Report report = Hunter.explore(scenario, BUDGET);
    assertEquals(Verdict.VERIFIED, report.verdict(), () -> ReportText.of(report));
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void eachSaysInOneLineWhatItShows(Scenario scenario) {
    String about = scenario.about();
    assertAll(
        () -> assertTrue(!about.isEmpty() && about.length() <= LONGEST_ABOUT, about.length() + ": " + about),
        () -> assertEquals(scenario.expectation() == Expectation.RACE, !scenario.rule().isEmpty()));
  }
}
