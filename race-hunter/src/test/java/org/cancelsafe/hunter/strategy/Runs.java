package org.cancelsafe.hunter.strategy;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.cancelsafe.emu.machine.Carrier;
import org.cancelsafe.hunter.coroutine.Switchers;
import org.cancelsafe.hunter.explore.Explorer;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.scenario.Scenario;

/** Every run that a strategy makes of a scenario. */
final class Runs {
  private Runs() {}

  /**
   * What a search has seen.
   *
   * @param runs how each of its runs ended
   * @param classes the runs that came to an end in canonical form
   * @param duplicates how many of those showed nothing new
   */
  record Seen(List<RunResult> runs, Set<String> classes, int duplicates) {
    /** Whether it showed that processors, or waits for several objects, matter. */
    boolean teaches() {
      return runs.stream().anyMatch(run -> run.processorsScarce() || run.waitsForSeveral());
    }

    int redundant() {
      return (int) runs.stream().filter(RunResult::pruned).count();
    }

    Set<String> failures() {
      return failures(finding -> finding.rule() + " " + finding.message());
    }

    Set<String> rulesBroken() {
      return failures(Finding::rule);
    }

    private Set<String> failures(Function<Finding, String> form) {
      Set<String> failures = new TreeSet<>();
      for (RunResult run : runs) {
        if (run.finding() != null) {
          failures.add(form.apply(run.finding()));
        }
      }
      return failures;
    }
  }

  static List<RunResult> all(Scenario scenario, Strategy strategy) {
    return atMost(scenario, strategy, Integer.MAX_VALUE);
  }

  static List<RunResult> atMost(Scenario scenario, Strategy strategy, int most) {
    return onCarrier(
        scenario,
        explorer -> {
          List<RunResult> all = new ArrayList<>();
          while (all.size() < most && strategy.nextRun()) {
            all.add(explorer.run(strategy));
          }
          return all;
        });
  }

  static long complete(List<RunResult> runs) {
    return runs.stream().filter(run -> !run.pruned()).count();
  }

  /** As a hunt proves: once more when something turns out to matter. */
  static Seen provably(Scenario scenario, Supplier<Strategy> strategies) {
    Seen seen = seen(scenario, strategies.get(), List.of(), Integer.MAX_VALUE);
    return seen.teaches() ? seen(scenario, strategies.get(), seen.runs(), Integer.MAX_VALUE) : seen;
  }

  /** As many runs as the strategy makes, or this many. */
  static Seen seen(Scenario scenario, Strategy strategy, List<RunResult> lessons, int most) {
    return onCarrier(
        scenario,
        explorer -> {
          lessons.forEach(explorer::learns);
          Classes classes = new Classes(strategy);
          List<RunResult> runs = new ArrayList<>();
          while (runs.size() < most && classes.nextRun()) {
            RunResult result = explorer.run(classes);
            runs.add(result);
            classes.add(result);
          }
          return new Seen(runs, classes.forms(), classes.duplicates());
        });
  }

  private interface Work<T> {
    T with(Explorer explorer);
  }

  private static <T> T onCarrier(Scenario scenario, Work<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    new Carrier(
            "runs",
            () -> {
              try (Explorer explorer = new Explorer(scenario)) {
                explorer.open(Switchers.create());
                result.complete(work.with(explorer));
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            })
        .start();
    return result.join();
  }
}
