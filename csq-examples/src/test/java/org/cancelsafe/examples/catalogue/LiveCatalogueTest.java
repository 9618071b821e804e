package org.cancelsafe.examples.catalogue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.stream.Stream;
import org.cancelsafe.hunter.Hammer;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each mistake is found on real threads too, and nothing in what is right. A mistake takes milliseconds to show, and two
 * seconds where it is that nothing goes on; the time is for a busy host.
 */
class LiveCatalogueTest {
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final int ROUNDS = 50;

  static Stream<Scenario> races() {
    return CatalogueTest.races();
  }

  static Stream<Scenario> safe() {
    return CatalogueTest.safe();
  }

  @ParameterizedTest
  @MethodSource("races")
  void theMistakeIsFound(Scenario scenario) {
    Hammer hammer = new Hammer(scenario, 1);
    hammer.hammer(LONGEST);
    assertEquals(Verdict.RACE, hammer.report().verdict(), () -> ReportText.of(hammer.report()));
  }

  @ParameterizedTest
  @MethodSource("safe")
  void nothingIsFoundInWhatIsRight(Scenario scenario) {
    Hammer hammer = new Hammer(scenario, 1);
    hammer.hammer(ROUNDS);
    assertEquals(Verdict.CLEAN_WITHIN_BUDGET, hammer.report().verdict(), () -> ReportText.of(hammer.report()));
  }
}
