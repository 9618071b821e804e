package org.cancelsafe.hunter.strategy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.cancelsafe.emu.machine.Carrier;
import org.cancelsafe.hunter.coroutine.Switcher;
import org.cancelsafe.hunter.coroutine.Switchers;
import org.cancelsafe.hunter.explore.Explorer;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.scenario.Scenario;

/** Every run that a strategy makes of a scenario. */
final class Runs {
  private Runs() {}

  static List<RunResult> all(Scenario scenario, Strategy strategy) {
    return all(scenario, strategy, Switchers.create());
  }

  static List<RunResult> atMost(Scenario scenario, Strategy strategy, int most) {
    return runs(scenario, strategy, Switchers.create(), most);
  }

  static List<RunResult> all(Scenario scenario, Strategy strategy, Switcher switcher) {
    return runs(scenario, strategy, switcher, Integer.MAX_VALUE);
  }

  /** As a hunt proves: unbounded, and once more when processors turn out to matter. */
  static List<RunResult> provably(Scenario scenario) {
    CompletableFuture<List<RunResult>> results = new CompletableFuture<>();
    new Carrier(
            "runs",
            () -> {
              try (Explorer explorer = new Explorer(scenario)) {
                explorer.open(Switchers.create());
                boolean again = true;
                List<RunResult> all = new ArrayList<>();
                while (again) {
                  again = false;
                  Strategy strategy = DepthFirst.unbounded();
                  while (!again && strategy.nextRun()) {
                    RunResult result = explorer.run(strategy);
                    all.add(result);
                    again = result.processorsScarce() && explorer.letProcessorsMatter();
                  }
                }
                results.complete(all);
              } catch (Throwable e) {
                results.completeExceptionally(e);
              }
            })
        .start();
    return results.join();
  }

  private static List<RunResult> runs(Scenario scenario, Strategy strategy, Switcher switcher, int most) {
    CompletableFuture<List<RunResult>> results = new CompletableFuture<>();
    new Carrier(
            "runs",
            () -> {
              try (Explorer explorer = new Explorer(scenario)) {
                explorer.open(switcher);
                List<RunResult> all = new ArrayList<>();
                while (all.size() < most && strategy.nextRun()) {
                  all.add(explorer.run(strategy));
                }
                results.complete(all);
              } catch (Throwable e) {
                results.completeExceptionally(e);
              }
            })
        .start();
    return results.join();
  }

  static long complete(List<RunResult> runs) {
    return runs.stream().filter(run -> !run.pruned()).count();
  }
}
