package org.cancelsafe.examples.shipped;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Expectation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Each shipped race is found, as the finding and at the cost that its mistake has; each correction is verified. */
class ShippedTest {
  /** What the hunt in a broken scenario ends with. */
  private record Expected(String rule, int preemptions) {}

  private static final Map<String, Expected> RACES =
      Map.ofEntries(
          Map.entry("B-6.broken", new Expected("CompleteWithCancelRoutine", 0)),
          Map.entry("B-9.broken", new Expected("DoubleCompletion", 1)),
          Map.entry("B-28.v1", new Expected("DoubleCompletion", 1)),
          Map.entry("B-28.v2", new Expected("DoubleCompletion", 1)),
          Map.entry("B-28.v3", new Expected("IrpTouchedAfterCompletion", 1)),
          Map.entry("B-29.lost-cancel", new Expected("CancelledIrpNotCompleted", 0)),
          Map.entry("B-45.broken", new Expected("DataRace", 0)),
          Map.entry("B-50.v1", new Expected("AssertionFailed", 1)),
          Map.entry("B-50.v2-1a2s", new Expected("AssertionFailed", 1)),
          Map.entry("B-50.v2-2a1s", new Expected("AssertionFailed", 1)),
          Map.entry("B-50.v3-1a2s", new Expected("AssertionFailed", 1)));

  static Stream<Scenario> races() {
    return Shipped.scenarios().stream().filter(scenario -> scenario.expectation() == Expectation.RACE);
  }

  static Stream<Scenario> corrections() {
    return Shipped.scenarios().stream().filter(scenario -> scenario.expectation() == Expectation.SAFE);
  }

  @ParameterizedTest
  @MethodSource("races")
  void race_is_found_at_its_least_cost(Scenario scenario) {
    Report report = Hunter.explore(scenario);
    assertEquals(Verdict.RACE, report.verdict(), () -> ReportText.of(report));
    assertTrue(report.isAsExpected(), () -> ReportText.of(report));
    Report.Counterexample counterexample = report.counterexample();
    assertNotNull(counterexample);
    assertEquals(
        RACES.get(scenario.name()),
        new Expected(report.rule(), counterexample.preemptions()),
        () -> ReportText.of(report));
  }

  @ParameterizedTest
  @MethodSource("corrections")
  void correction_is_verified(Scenario scenario) {
    Report report = Hunter.explore(scenario);
    assertEquals(Verdict.VERIFIED, report.verdict(), () -> ReportText.of(report));
  }

  @ParameterizedTest
  @CsvSource({"B-50.v1, 2", "B-50.v2-1a2s, 3", "B-50.v2-2a1s, 4", "B-50.v3-1a2s, 3"})
  void bluetooth_fails_at_the_published_number_of_context_switches(String name, int published) {
    List<String> findings = ContextSwitches.findingsWithin(published, scenario(name));
    assertEquals("AssertionFailed", findings.get(published));
    assertTrue(findings.subList(0, published).stream().allMatch(String::isEmpty), findings::toString);
  }

  @Test
  void every_race_has_its_expectation() {
    assertEquals(RACES.keySet(), Set.copyOf(races().map(Scenario::name).toList()));
  }

  private static Scenario scenario(String name) {
    return Shipped.scenarios().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
  }
}
