package org.cancelsafe.hunter;

import static org.cancelsafe.emu.io.NtStatus.STATUS_INSUFFICIENT_RESOURCES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** Every failure path is walked, on both machines, and a schedule that is replayed fails the same allocation. */
class LowResourcesTest {
  /** A driver that allocates three IRPs of its own, and forgets about failure at one of them. */
  private static Scenario forgettingAt(int forgotten) {
    return Scenario.named("low." + forgotten)
        .lowResources()
        .model(machine -> machine.startThread("Driver", () -> allocateThree(machine, forgotten)));
  }

  private static void allocateThree(Machine machine, int forgotten) {
    IoManager io = IoManager.of(machine);
    for (int i = 1; i <= 3; i++) {
      Irp irp = io.allocateIrp(1);
      if (irp == null && i != forgotten) {
        return;
      }
      irp.setIoStatus(STATUS_INSUFFICIENT_RESOURCES, 0);
      io.freeIrp(irp);
    }
  }

  @Test
  void eachAllocationIsFailed() {
    for (int forgotten = 1; forgotten <= 3; forgotten++) {
      Scenario scenario = forgettingAt(forgotten);
      Report report = Hunter.explore(scenario);
      assertEquals(Verdict.RACE, report.verdict(), () -> ReportText.of(report));
      assertEquals("UnhandledException", report.rule());
      Report again = Hunter.replay(scenario, report.counterexample().replay());
      assertEquals(report.finding().message(), again.finding().message());
    }
  }

  @Test
  void whoTestsForEachFailureIsVerified() {
    Report report = Hunter.explore(forgettingAt(0));
    assertEquals(Verdict.VERIFIED, report.verdict(), () -> ReportText.of(report));
  }

  @Test
  void everyPathIsSeenOnceAndThatOfSuccessToo() {
    int[] walked = new int[4];
    Hunter.explore(
        Scenario.named("paths")
            .lowResources()
            .model(
                machine ->
                    machine.startThread(
                        "Driver",
                        () -> {
                          int done = 0;
                          while (done < 3 && IoManager.of(machine).allocateIrp(1) != null) {
                            done++;
                          }
                          walked[done]++;
                        })));
    for (int done = 0; done <= 3; done++) {
      assertTrue(walked[done] > 0, "after " + done);
    }
  }

  @Test
  void hammeringFailsOneAfterTheOther() {
    Hammer hammer = new Hammer(forgettingAt(3), 1);
    hammer.hammer(4);
    assertTrue(hammer.hasFound());
    assertEquals(3, hammer.rounds());
  }

  @Test
  void nothingFailsWhereNobodySaysSo() {
    Report report =
        Hunter.explore(
            Scenario.named("plenty").model(machine -> machine.startThread("D", () -> allocateThree(machine, 1))));
    assertEquals(Verdict.VERIFIED, report.verdict());
  }
}
