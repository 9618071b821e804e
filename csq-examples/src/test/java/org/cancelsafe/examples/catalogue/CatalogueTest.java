package org.cancelsafe.examples.catalogue;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
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
import org.junit.jupiter.params.provider.MethodSource;

/** Each mistake is found by the rule that its author expects, and can be replayed; what is right is verified. */
class CatalogueTest {
  private static final int LONGEST_ABOUT = 70;
  private static final int LONGEST_TITLE = 60;

  static Stream<Scenario> races() {
    return expected(Expectation.RACE);
  }

  static Stream<Scenario> safe() {
    return expected(Expectation.SAFE);
  }

  static List<CatalogueEntry> entries() {
    return Catalogue.entries();
  }

  private static Stream<Scenario> expected(Expectation expectation) {
    return Catalogue.all().stream().filter(scenario -> scenario.expectation() == expectation);
  }

  @ParameterizedTest
  @MethodSource("races")
  void theMistakeIsFoundAndReplayed(Scenario scenario) {
    assertFalse(scenario.rule().isEmpty(), scenario + " does not say which rule it breaks");
    Report report = Hunter.explore(scenario);
    assertEquals(Verdict.RACE, report.verdict(), () -> ReportText.of(report));
    assertEquals(scenario.rule(), report.rule(), () -> ReportText.of(report));
    Report again = Hunter.replay(scenario, requireNonNull(report.counterexample()).replay());
    assertEquals(report.rule(), again.rule(), () -> ReportText.of(again));
  }

  @ParameterizedTest
  @MethodSource("safe")
  void whatIsRightIsVerified(Scenario scenario) {
    Report report = Hunter.explore(scenario, LostRaces.BUDGET);
    assertEquals(Verdict.VERIFIED, report.verdict(), () -> ReportText.of(report));
  }

  @ParameterizedTest
  @MethodSource("entries")
  void anEntryIsWhole(CatalogueEntry entry) {
    Story story = entry.story();
    assertAll(
        () -> assertFalse(story.text().isBlank(), "it has a text"),
        () -> assertTrue(story.title().length() <= LONGEST_TITLE, story.title()),
        () -> assertFalse(entry.scenarios().isEmpty(), "it has scenarios"),
        () -> entry.scenarios().forEach(scenario -> assertIsOf(entry, scenario)),
        () -> assertTrue(story.id().equals("canary") || hasRight(entry), "it shows how it is right"),
        () -> assertEquals(hasWrong(entry), !story.mistake().isEmpty(), "it shows the code of the mistake"));
  }

  private static void assertIsOf(CatalogueEntry entry, Scenario scenario) {
    String id = entry.story().id();
    String about = scenario.about();
    assertTrue((scenario.name() + ".").startsWith(id + "."), scenario + " is an entry of " + id);
    assertTrue(!about.isEmpty() && about.length() <= LONGEST_ABOUT, about.length() + ": " + about);
  }

  private static boolean hasRight(CatalogueEntry entry) {
    return entry.scenarios().stream().anyMatch(scenario -> scenario.expectation() == Expectation.SAFE);
  }

  private static boolean hasWrong(CatalogueEntry entry) {
    return entry.scenarios().stream().anyMatch(scenario -> scenario.expectation() == Expectation.RACE);
  }

  @Test
  void namesAreUnique() {
    Set<String> names = new HashSet<>();
    Catalogue.entries().forEach(entry -> assertTrue(names.add(entry.story().id() + " "), entry.story().id()));
    Catalogue.all().forEach(scenario -> assertTrue(names.add(scenario.name()), scenario.name()));
  }
}
