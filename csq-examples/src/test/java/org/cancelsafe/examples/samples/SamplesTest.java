package org.cancelsafe.examples.samples;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.cancelsafe.emu.machine.Carrier;
import org.cancelsafe.examples.catalogue.Catalogue;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.hunter.coroutine.Switchers;
import org.cancelsafe.hunter.explore.Explorer;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Expectation;
import org.cancelsafe.hunter.strategy.SourceDpor;
import org.cancelsafe.hunter.strategy.Strategy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The samples, searched with source-DPOR alone. */
class SamplesTest {
  static Stream<Scenario> scenarios() {
    return Catalogue.entries().stream()
        .filter(entry -> entry.story().family() == Family.DESIGNS)
        .flatMap(entry -> entry.scenarios().stream());
  }

  static Stream<Scenario> broken() {
    return scenarios().filter(scenario -> scenario.expectation() == Expectation.RACE);
  }

  static Stream<Scenario> safe() {
    return scenarios().filter(scenario -> scenario.expectation() == Expectation.SAFE);
  }

  @ParameterizedTest
  @MethodSource("broken")
  void sourceDporAloneFindsThemToo(Scenario scenario) throws InterruptedException {
    AtomicReference<@Nullable Finding> found = new AtomicReference<>();
    Carrier carrier = new Carrier("source-dpor", () -> found.set(firstFinding(scenario)));
    carrier.start();
    carrier.join();
    assertNotNull(found.get());
  }

  private static @Nullable Finding firstFinding(Scenario scenario) {
    try (Explorer explorer = new Explorer(scenario)) {
      explorer.open(Switchers.create());
      Strategy strategy = new SourceDpor();
      Finding finding = null;
      while (finding == null && strategy.nextRun()) {
        RunResult result = explorer.run(strategy);
        finding = result.finding();
        if (finding == null && result.processorsScarce() && explorer.letProcessorsMatter()) {
          strategy = new SourceDpor();
        }
      }
      return finding;
    }
  }
}
