package org.cancelsafe.hunter.trace;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.cancelsafe.emu.ke.KLockQueueHandle;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** Whoever gives a queued spin lock back hands it over: it is the next one's at once, and never free in between. */
class HandedOverTest {
  private static void model(Machine machine) {
    KSpinLock lock = new KSpinLock("lock");
    machine.startThread("First", () -> hold(lock));
    machine.startThread(
        "Second",
        () -> {
          boolean free = lock.test();
          hold(lock);
          assertTrue(free, "the lock was held");
        });
  }

  private static void hold(KSpinLock lock) {
    KLockQueueHandle handle = new KLockQueueHandle();
    lock.acquireInStackQueued(handle);
    handle.releaseInStackQueued();
  }

  @Test
  void theNextOneHoldsIt() {
    Report report = Hunter.explore(Scenario.named("handed-over").processors(2).model(HandedOverTest::model));
    Trace trace = requireNonNull(report.counterexample(), () -> ReportText.of(report)).trace();
    TraceStep release =
        trace.steps().stream()
            .filter(step -> step.activity() == 0 && step.text().startsWith("KeReleaseInStackQueuedSpinLock(lock)"))
            .findFirst()
            .orElseThrow();
    assertEquals("B", release.states().get(0), () -> ReportText.of(report));
  }
}
