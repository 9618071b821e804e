package org.cancelsafe.examples.shipped;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.cancelsafe.emu.machine.Carrier;
import org.cancelsafe.hunter.coroutine.Switchers;
import org.cancelsafe.hunter.explore.Explorer;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.strategy.DepthFirst;
import org.cancelsafe.hunter.strategy.SwitchCost;

/** Explores under a bound on context switches, which is what the literature counts; the hunter counts preemptions. */
final class ContextSwitches {
  private static final int SECONDS = 60;

  private ContextSwitches() {}

  /** For each bound from 0 to this one the rule that the first bad schedule breaks; empty when none is bad. */
  static List<String> findingsWithin(int bound, Scenario scenario) {
    return onCarrier(
        scenario,
        explorer -> {
          List<String> rules = new ArrayList<>();
          for (int switches = 0; switches <= bound; switches++) {
            rules.add(firstFinding(explorer, switches));
          }
          return rules;
        });
  }

  private static String firstFinding(Explorer explorer, int switches) {
    DepthFirst strategy = DepthFirst.bounded(switches, SwitchCost.CONTEXT_SWITCHES);
    while (strategy.nextRun()) {
      RunResult result = explorer.run(strategy);
      if (result.finding() != null) {
        return result.finding().rule();
      }
    }
    return "";
  }

  private interface Exploration {
    List<String> of(Explorer explorer);
  }

  private static List<String> onCarrier(Scenario scenario, Exploration exploration) {
    CompletableFuture<List<String>> result = new CompletableFuture<>();
    new Carrier(
            "explorer " + scenario,
            () -> {
              try (Explorer explorer = new Explorer(scenario)) {
                explorer.open(Switchers.create());
                result.complete(exploration.of(explorer));
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            })
        .start();
    return result.orTimeout(SECONDS, TimeUnit.SECONDS).join();
  }
}
