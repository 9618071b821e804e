package org.cancelsafe.examples.samples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.stream.Stream;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.explore.Ending;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The safe samples on live machines, with noise: threads, timers and DPCs are real, and nothing goes wrong. */
class LiveSamplesTest {
  private static final int RUNS = 100;
  private static final Duration LONGEST = Duration.ofSeconds(20);

  static Stream<Scenario> safe() {
    return SamplesTest.safe();
  }

  @ParameterizedTest
  @MethodSource("safe")
  void safeOnesComeToAGoodEnd(Scenario scenario) {
    boolean any = scenario.processors() == Machine.DEFAULT_PROCESSORS; // who says how many means it
    int least = any ? 1 : scenario.processors();
    int most = any ? 3 : scenario.processors();
    for (int seed = 0; seed < RUNS; seed++) {
      for (int processors = least; processors <= most; processors++) {
        runLive(scenario, processors, seed);
      }
    }
  }

  private static void runLive(Scenario scenario, int processors, int seed) {
    String run = scenario + ", processors " + processors + ", seed " + seed;
    try (Machine machine = Machine.live().processors(processors).noise(seed).build()) {
      machine.boot(() -> scenario.model().setUp(machine));
      Ending.of(machine, () -> assertTrue(machine.awaitRest(LONGEST), run + ": does not come to rest"));
      Throwable failure = machine.failure();
      if (failure != null) {
        throw new AssertionError(run, failure);
      }
    }
  }
}
