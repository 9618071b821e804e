package org.cancelsafe.hunter;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.hunter.explore.Explorer;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.strategy.DepthFirst;
import org.cancelsafe.hunter.strategy.UniformRandom;
import org.cancelsafe.models.Classics;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What several threads find first is what one finds first, be it wrong or well by luck. */
class TogetherTest {
  private static final int JOBS = 3;
  private static final long SEED = 3;

  private static <T> T explored(Scenario scenario, Function<Explorer, T> work) {
    return OnCarrier.run(
        new Explorer(scenario),
        work,
        (explorer, problem) -> {
          throw new AssertionError(problem);
        });
  }

  private static void nest(KSpinLock outer, KSpinLock inner) {
    Irql old = outer.acquire();
    inner.acquireAtDpcLevel();
    inner.releaseFromDpcLevel();
    outer.release(old);
  }

  /** Some schedules hang unless the second waits for the first; the others take the locks in orders that can hang. */
  private static Scenario hangsOrCan(boolean waits) {
    return Scenario.named("hangs-or-can")
        .model(
            machine -> {
              KSpinLock a = new KSpinLock("a");
              KSpinLock b = new KSpinLock("b");
              KEvent done = new KEvent("done", KEvent.Type.NOTIFICATION_EVENT, !waits);
              InterlockedLong own = new InterlockedLong("own", 0);
              machine.startThread(
                  "One",
                  () -> {
                    for (int step = 0; step < 6; step++) {
                      own.increment();
                    }
                    nest(a, b);
                    done.set();
                  });
              machine.startThread(
                  "Two",
                  () -> {
                    done.waitForSingleObject();
                    nest(b, a);
                  });
            });
  }

  /** Rarely wrong. */
  private static Scenario rare() {
    return Scenario.named("rare")
        .model(
            machine -> {
              InterlockedLong order = new InterlockedLong("order", 0);
              for (int i = 1; i <= 4; i++) {
                int digit = i;
                machine.startThread("T" + i, () -> order.write(order.read() * 10 + digit));
              }
              machine.afterwards(
                  () -> {
                    if (order.read() == 432) {
                      throw new AssertionError("432");
                    }
                  });
            });
  }

  private static @Nullable RunResult first(List<RunResult> runs, Predicate<Finding> which) {
    return runs.stream().filter(run -> run.finding() != null && which.test(run.finding())).findFirst().orElse(null);
  }

  private static void assertSameRun(@Nullable RunResult expected, @Nullable RunResult actual) {
    assertArrayEquals(requireNonNull(expected).schedule(), requireNonNull(actual).schedule());
  }

  /** With one job only, the first part is large enough to have one of either kind. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 3, 3})
  void aTreeInParts(int jobs) {
    List<RunResult> alone =
        explored(
            hangsOrCan(false),
            explorer -> {
              List<RunResult> runs = new ArrayList<>();
              DepthFirst whole = DepthFirst.bruteForce();
              while (first(runs, finding -> !finding.isPossibility()) == null && whole.nextRun()) {
                runs.add(explorer.run(whole));
              }
              return runs;
            });
    Split.Outcome together =
        explored(
            hangsOrCan(false),
            explorer ->
                new Split(explorer, jobs, () -> false)
                    .search(DepthFirst::bruteForce, DepthFirst.bruteForce()::below));
    assertSameRun(first(alone, finding -> !finding.isPossibility()), together.bad());
    assertSameRun(first(alone, Finding::isPossibility), together.possibility());
  }

  private static List<RunResult> drawnAlone(Scenario scenario, int most) {
    return explored(
        scenario,
        explorer -> {
          List<RunResult> runs = new ArrayList<>();
          UniformRandom random = new UniformRandom(SEED);
          while (runs.size() < most && random.nextRun()) {
            runs.add(explorer.run(random));
          }
          return runs;
        });
  }

  @RepeatedTest(5)
  void aDeal() {
    RunResult expected = requireNonNull(first(drawnAlone(rare(), 2_000), finding -> true));
    RunResult bad =
        explored(
            rare(),
            explorer -> {
              Deal deal = deal(explorer, 2_000, () -> false);
              deal.draw(0);
              return deal.bad();
            });
    assertSameRun(expected, bad);
  }

  private static Deal deal(Explorer explorer, int most, BooleanSupplier isSpent) {
    return new Deal(explorer, () -> new UniformRandom(SEED), JOBS, most, isSpent, () -> {});
  }

  @Test
  void whatGoesWellByLuckEndsNoDeal() {
    List<RunResult> alone = drawnAlone(hangsOrCan(true), 100);
    explored(
        hangsOrCan(true),
        explorer -> {
          Deal deal = deal(explorer, 100, () -> false);
          deal.draw(0);
          assertNull(deal.bad());
          assertSameRun(first(alone, Finding::isPossibility), deal.possibility());
          return deal.counter();
        });
  }

  @Test
  void aDealEndsWhenAllIsSpent() {
    explored(
        Classics.of("writers", 4),
        explorer -> {
          Deal deal = deal(explorer, 2_000, () -> explorer.runs() >= 10);
          deal.draw(0);
          long runs = deal.counter().runs();
          assertTrue(runs >= 10 && runs < 10 + JOBS, "runs: " + runs);
          assertNull(deal.bad());
          assertEquals(runs, explorer.runs());
          return runs;
        });
  }
}
