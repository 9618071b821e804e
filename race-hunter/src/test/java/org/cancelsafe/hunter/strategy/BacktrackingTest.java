package org.cancelsafe.hunter.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.models.InsertCancelRemove;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What all searches that go back to the deepest open node have in common. */
class BacktrackingTest {
  static Stream<Strategy> searches() {
    return Stream.of(
        DepthFirst.bruteForce(), DepthFirst.bounded(1, SwitchCost.PREEMPTIONS), new SourceDpor(),
        SourceDpor.expandingAll());
  }

  /** What is not said to be repeated is not compared with the run before. */
  @ParameterizedTest
  @MethodSource("searches")
  void saysExactlyHowManyStepsAreThoseOfTheRunBefore(Strategy search) {
    List<Integer> repeated = new ArrayList<>();
    List<RunResult> runs =
        Runs.all(InsertCancelRemove.scenario(true, true, outcome -> {}), new Noting(search, repeated));
    for (int run = 1; run < runs.size(); run++) {
      int same = Arrays.mismatch(runs.get(run - 1).schedule(), runs.get(run).schedule());
      assertEquals(same, repeated.get(run), "run " + run);
    }
  }

  /** Notes at the beginning of each run what is said to be repeated. */
  private record Noting(Strategy search, List<Integer> said) implements Strategy {
    @Override
    public boolean nextRun() {
      boolean next = search.nextRun();
      said.add(search.repeated());
      return next;
    }

    @Override
    public int choose(Choice choice) {
      return search.choose(choice);
    }

    @Override
    public void atRest(Choice choice) {
      search.atRest(choice);
    }

    @Override
    public void stopped(Choice choice) {
      search.stopped(choice);
    }

    @Override
    public boolean isExhaustive() {
      return search.isExhaustive();
    }
  }

  @ParameterizedTest
  @MethodSource("searches")
  void theFirstRunRepeatsNothing(Strategy search) {
    search.nextRun();
    assertEquals(0, search.repeated());
  }
}
