package org.cancelsafe.examples.textbook;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.cancelsafe.examples.catalogue.Catalogue;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Expectation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TextbookTest {
  private static final Map<String, Integer> PREEMPTIONS =
      Map.of(
          "canary", 1,
          "T-1.broken", 1,
          "T-2.broken", 0,
          "T-3.broken", 1,
          "T-4.broken", 1,
          "T-8.broken", 1,
          "T-9.broken", 1,
          "T-12.broken", 1,
          "T-20.broken", 1);

  static List<Scenario> races() {
    return expected(Expectation.RACE);
  }

  static List<Scenario> safe() {
    return expected(Expectation.SAFE);
  }

  private static List<Scenario> expected(Expectation expectation) {
    return Textbook.scenarios().stream().filter(scenario -> scenario.expectation() == expectation).toList();
  }

  @ParameterizedTest
  @MethodSource("races")
  void theMistakeIsFoundWithTheFewestPreemptions(Scenario scenario) {
    Report report = Hunter.explore(scenario);
    String text = ReportText.of(report);
    assertEquals(Verdict.RACE, report.verdict(), text);
    assertEquals(scenario.rule(), report.rule(), text);
    assertEquals(PREEMPTIONS.get(scenario.name()), requireNonNull(report.counterexample()).preemptions(), text);
  }

  @ParameterizedTest
  @MethodSource("races")
  void theCounterexampleCanBeReplayed(Scenario scenario) {
    Report found = Hunter.explore(scenario);
    Report replayed = Hunter.replay(scenario, requireNonNull(found.counterexample()).replay());
    assertEquals(found.rule(), replayed.rule());
  }

  @ParameterizedTest
  @MethodSource("safe")
  void theCorrectionIsProved(Scenario scenario) {
    Report report = Hunter.explore(scenario);
    assertEquals(Verdict.VERIFIED, report.verdict(), ReportText.of(report));
  }

  @Test
  void everyEntryHasACorrection() {
    List<String> names = Textbook.scenarios().stream().map(Scenario::name).toList();
    assertAll(
        names.stream()
            .filter(name -> name.endsWith(".broken"))
            .map(name -> name.replace(".broken", ".fixed"))
            .map(fixed -> () -> assertTrue(names.contains(fixed), fixed)));
  }

  @Test
  void everyRaceNamesItsRule() {
    assertEquals(PREEMPTIONS.keySet(), races().stream().map(Scenario::name).collect(Collectors.toSet()));
    races().forEach(race -> assertFalse(race.rule().isEmpty(), race.name()));
  }

  @Test
  void theCatalogueHasThemAll() {
    assertTrue(Catalogue.all().containsAll(Textbook.scenarios()));
  }
}
