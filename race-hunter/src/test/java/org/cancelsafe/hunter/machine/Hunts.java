package org.cancelsafe.hunter.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.scenario.Scenario;

/** Hunts in a model on a machine with so many processors. */
final class Hunts {
  private Hunts() {}

  static void assertSafe(int processors, Scenario.Model model) {
    Report report = hunt(processors, model);
    assertEquals(Verdict.VERIFIED, report.verdict(), () -> ReportText.of(report));
  }

  /** It goes well, but the hunter knows that it has not seen everything. */
  static void assertLeavesOut(int processors, Scenario.Model model) {
    Report report = hunt(processors, model);
    assertEquals(Verdict.CLEAN_WITHIN_BUDGET, report.verdict(), () -> ReportText.of(report));
  }

  static void assertFinds(String rule, int processors, Scenario.Model model) {
    Report report = hunt(processors, model);
    assertEquals(Verdict.RACE, report.verdict(), () -> ReportText.of(report));
    assertEquals(rule, report.rule(), () -> ReportText.of(report));
  }

  private static Report hunt(int processors, Scenario.Model model) {
    return Hunter.explore(Scenario.named("test").processors(processors).model(model));
  }
}
