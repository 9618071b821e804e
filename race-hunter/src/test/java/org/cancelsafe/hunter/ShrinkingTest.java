package org.cancelsafe.hunter;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.cancelsafe.hunter.explore.Explorer;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.strategy.Strategy;
import org.cancelsafe.hunter.strategy.SwitchList;
import org.cancelsafe.hunter.strategy.UniformRandom;
import org.cancelsafe.models.Shapes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What chance has found gets as few preemptions as exhaustive search finds, and stays the same failure. */
class ShrinkingTest {
  private record Pair(RunResult found, RunResult smaller) {}

  private static Scenario shape(String name) {
    return Shapes.all().stream().filter(shape -> shape.name().equals(name)).findFirst().orElseThrow();
  }

  private static Pair shrunk(Explorer explorer, long seed) {
    Strategy random = new UniformRandom(seed);
    RunResult found;
    do {
      random.nextRun();
      found = explorer.run(random);
    } while (found.finding() == null);
    return new Pair(found, Shrinking.shrink(explorer::run, found, () -> false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"assertion", "double-completion", "lost-cancel", "timer", "folded"})
  void leavesAsFewPreemptionsAsThereMustBe(String name) {
    int fewest = requireNonNull(Hunter.explore(shape(name)).counterexample()).preemptions();
    for (long seed = 1; seed <= 10; seed++) {
      long from = seed;
      Pair pair =
          OnCarrier.run(
              new Explorer(shape(name)),
              explorer -> shrunk(explorer, from),
              (explorer, problem) -> {
                throw new AssertionError(problem);
              });
      assertTrue(requireNonNull(pair.smaller().finding()).isSameAs(requireNonNull(pair.found().finding())));
      assertEquals(fewest, pair.smaller().preemptions(), name + " from seed " + seed);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"deadlock", "assertion", "folded"})
  void theChangesOfActivityAreTheSchedule(String name) {
    int[] schedule = requireNonNull(Hunter.explore(shape(name)).counterexample()).replay().schedule();
    RunResult again =
        OnCarrier.run(
            new Explorer(shape(name)),
            explorer -> {
              SwitchList strategy = new SwitchList(SwitchList.of(schedule));
              strategy.nextRun();
              explorer.run(strategy);
              strategy.nextRun();
              return explorer.run(strategy);
            },
            (explorer, problem) -> {
              throw new AssertionError(problem);
            });
    assertEquals(Arrays.toString(schedule), Arrays.toString(again.schedule()));
  }
}
