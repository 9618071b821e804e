package org.cancelsafe.hunter.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Supplier;
import java.util.List;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.models.Classics;
import org.cancelsafe.models.InsertCancelRemove;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ways to leave out schedules that are known to lose some: the oracle notices each. */
class WrongWaysTest {
  private static final int PROGRAMS = 100;
  private static final int MOST_SCHEDULES = 300;

  /** The classic choice of Flanagan and Godefroid (POPL 2005): the activity of the later step, or everybody. */
  private static Strategy classicWithSleepSets() {
    return new SourceDpor(
        Events::new,
        (initials, covered, enabled, later) -> (enabled & (1L << later)) != 0 ? 1L << later : enabled);
  }

  /** An acquire looks no further than the release before it, which it cannot overtake. */
  private static Strategy withoutTheRuleForWaiting() {
    return new SourceDpor(
        races ->
            new Events(races) {
              @Override
              Possible possibleBefore(int event, int activity, long mine) {
                return Possible.YES;
              }
            },
        SourceDpor::oneInitial);
  }

  private static void assertOracleNotices(long firstSeed, Supplier<Strategy> strategies) {
    boolean noticed = false;
    for (long seed = firstSeed; seed < firstSeed + PROGRAMS && !noticed; seed++) {
      long chosen = seed;
      Comparison comparison =
          Comparison.of(outcomes -> RandomProgram.scenario(chosen, outcomes), strategies, MOST_SCHEDULES);
      noticed = comparison != null && !comparison.isRight();
    }
    assertTrue(noticed);
  }

  /** It takes more than a thousand random programs until one shows it. */
  @Test
  void classicDporWithSleepSetsLosesClasses() {
    assertOracleNotices(1280, WrongWaysTest::classicWithSleepSets);
  }

  @ParameterizedTest
  @CsvSource({"last-zero, 3, 11, 12", "last-zero, 4, 23, 28", "IRIW, 4, 14, 15", "philosophers, 4, 14, 15"})
  void classicDporWithSleepSetsLosesClassesOf(String name, int n, int found, int classes) {
    assertEquals(found, Runs.complete(Runs.all(Classics.of(name, n), classicWithSleepSets())));
    assertEquals(classes, Runs.complete(Runs.all(Classics.of(name, n), new SourceDpor())));
  }

  @Test
  void withoutTheRuleForWaitingClassesAreLost() {
    assertOracleNotices(1, WrongWaysTest::withoutTheRuleForWaiting);
    assertEquals(1, Runs.complete(Runs.all(Classics.of("locked", 3), withoutTheRuleForWaiting())));
  }

  @ParameterizedTest
  @CsvSource({
    "insert-cancel-remove, 1, 0, 5, 3",
    "insert-cancel-remove, 1, 1, 11, 9",
    "insert-cancel-remove, 1, 2, 11, 11",
    "last-zero, 3, 0, 12, 2",
    "last-zero, 3, 1, 12, 7",
    "last-zero, 3, 2, 12, 10",
    "philosophers, 3, 1, 7, 6",
  })
  void sleepSetsUnderABoundLoseClasses(String name, int n, int bound, int classes, int withSleepSets) {
    Scenario scenario =
        name.startsWith("insert") ? InsertCancelRemove.scenario(true, true, outcome -> {}) : Classics.of(name, n);
    Strategy plain = DepthFirst.bounded(bound, SwitchCost.PREEMPTIONS);
    assertEquals(classes, Runs.seen(scenario, plain, List.of(), Integer.MAX_VALUE).classes().size());
    Strategy slept = new SleepSets(bound);
    assertEquals(withSleepSets, Runs.seen(scenario, slept, List.of(), Integer.MAX_VALUE).classes().size());
  }
}
