package org.cancelsafe.examples.samples;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.collect.Streams;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.cancelsafe.emu.machine.Carrier;
import org.cancelsafe.hunter.Budget;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.coroutine.Switchers;
import org.cancelsafe.hunter.explore.Explorer;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Expectation;
import org.cancelsafe.hunter.strategy.SourceDpor;
import org.cancelsafe.hunter.strategy.Strategy;
import org.jspecify.annotations.Nullable;
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
  @MethodSource("broken")
  void sourceDporAloneFindsThemToo(Scenario scenario) throws InterruptedException {
    AtomicReference<@Nullable Finding> found = new AtomicReference<>();
    Carrier carrier = new Carrier("source-dpor", () -> found.set(firstFinding(scenario)));
    carrier.start();
    carrier.join();
    assertNotNull(found.get());
  }

  private static @Nullable Finding firstFinding(Scenario scenario) {
    try (Explorer explorer = new Explorer(scenario)) {
      explorer.open(Switchers.create());
      Strategy strategy = new SourceDpor();
      Finding finding = null;
      while (finding == null && strategy.nextRun()) {
        RunResult result = explorer.run(strategy);
        finding = result.finding();
        if (finding == null && result.processorsScarce() && explorer.letProcessorsMatter()) {
          strategy = new SourceDpor();
        }
      }
      return finding;
    }
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
