package org.cancelsafe.examples.guide;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.Budget;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.testkit.junit.RaceHunt;
import org.junit.jupiter.api.Test;

/** What the guide and docs/hunting.md show of tests. */
class BellDriverTest {
  @RaceHunt(expectRace = "IrpTouchedAfterCompletion")
  void theBellRingsWhileAReadIsCancelled(Machine machine) {
    Bell.readRingCancel(machine, new BellDriver());
  }

  @RaceHunt
  void aReadThatIsCancelledIsLeftAlone(Machine machine) {
    Bell.readRingCancel(machine, new FixedBellDriver());
  }

  @RaceHunt(processors = 1, seconds = 60)
  void onOneProcessor(Machine machine) {
    Bell.readRingCancel(machine, new FixedBellDriver());
  }

  @RaceHunt(explore = false, live = 200, seed = 7)
  void onRealThreads(Machine machine) {
    Bell.readRingCancel(machine, new FixedBellDriver());
  }

  @Test
  void aProgramHunts() {
    Scenario scenario =
        Scenario.named("bell").model(machine -> Bell.readRingCancel(machine, new BellDriver()));
    Report report = Hunter.explore(scenario, Budget.of(Duration.ofSeconds(60)));
    Report again = Hunter.replay(scenario, requireNonNull(report.counterexample()).replay());
    assertEquals(report.rule(), again.rule());
  }
}
