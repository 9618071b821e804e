package org.cancelsafe.hunter.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.fidelity.Statement;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** Orders of locks that can hang are found in runs that do not; a run that hangs shows more, and is preferred. */
class LockOrderTest {
  private static void nest(KSpinLock outer, KSpinLock inner) {
    Irql irql = outer.acquire();
    inner.acquireAtDpcLevel();
    inner.releaseFromDpcLevel();
    outer.release(irql);
  }

  private static Report explore(Scenario.Model model) {
    return Hunter.explore(Scenario.named("order").model(model));
  }

  private static void oneAfterTheOther(Machine machine, boolean sameOrder) {
    KSpinLock a = new KSpinLock("a");
    KSpinLock b = new KSpinLock("b");
    KEvent done = new KEvent("done", KEvent.Type.NOTIFICATION_EVENT, false);
    machine.startThread(
        "First",
        () -> {
          nest(a, b);
          done.set();
        });
    machine.startThread(
        "Second",
        () -> {
          done.waitForSingleObject();
          nest(sameOrder ? a : b, sameOrder ? b : a);
        });
  }

  @Test
  @Statement(167)
  void twoOrdersThatNeverMeet() {
    Report report = explore(machine -> oneAfterTheOther(machine, false));
    assertEquals(Verdict.RACE, report.verdict());
    assertTrue(report.finding().isLockOrder());
    assertEquals("Deadlock", report.rule());
    assertTrue(
        report
            .finding()
            .message()
            .matches(
                "First took b holding a at LockOrderTest.java:\\d+, "
                    + "and Second took a holding b at LockOrderTest.java:\\d+: that can hang"),
        report.finding().message());
  }

  @Test
  void oneOrderIsRight() {
    Report report = explore(machine -> oneAfterTheOther(machine, true));
    assertEquals(Verdict.VERIFIED, report.verdict());
  }

  @Test
  void aRunThatHangsIsPreferred() {
    Report report =
        explore(
            machine -> {
              KSpinLock a = new KSpinLock("a");
              KSpinLock b = new KSpinLock("b");
              machine.startThread("One", () -> nest(a, b));
              machine.startThread("Two", () -> nest(b, a));
            });
    assertEquals("Deadlock", report.rule());
    assertFalse(report.finding().isLockOrder());
    assertEquals(1, report.counterexample().preemptions());
  }
}
