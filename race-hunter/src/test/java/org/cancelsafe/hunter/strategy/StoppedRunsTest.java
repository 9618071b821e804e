package org.cancelsafe.hunter.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Set;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** A run that something goes wrong in is cut off, and hides nothing that another schedule would show. */
class StoppedRunsTest {
  private static void fail(String what) {
    throw new AssertionError(what);
  }

  private static void assertSeesAll(Set<String> failures, Scenario.Model model) {
    Scenario scenario = Scenario.named("stopped").model(model);
    Runs.Seen brute = Runs.seen(scenario, DepthFirst.bruteForce(), List.of(), Integer.MAX_VALUE);
    assertEquals(failures, brute.failures());
    List<Strategy> strategies =
        List.of(new SourceDpor(), new DepthLimited(new SourceDpor(), 100), new ClassCounter(new SourceDpor()));
    for (Strategy strategy : strategies) {
      Runs.Seen reduced = Runs.seen(scenario, strategy, List.of(), Integer.MAX_VALUE);
      assertEquals(failures, reduced.failures());
      assertEquals(brute.classes(), reduced.classes());
    }
  }

  /** Whoever is in first fails there, with the lock held, while the other waits for it. */
  @Test
  void inACriticalSection() {
    assertSeesAll(
        Set.of("AssertionFailed by T0", "AssertionFailed by T1", "AssertionFailed by T2"),
        machine -> {
          KSpinLock lock = new KSpinLock("lock");
          for (int i = 0; i < 3; i++) {
            int self = i;
            machine.startThread(
                "T" + i,
                () -> {
                  lock.acquire();
                  new InterlockedLong("own" + self, 0).increment();
                  fail("by T" + self);
                });
          }
        });
  }

  /** Who has taken the token fails; another waits for it, and would have failed otherwise. */
  @Test
  void whileAnotherWaits() {
    assertSeesAll(Set.of("AssertionFailed by T0", "AssertionFailed by T1"), StoppedRunsTest::oneToken);
  }

  private static void oneToken(Machine machine) {
    KEvent token = new KEvent("token", KEvent.Type.SYNCHRONIZATION_EVENT, true);
    for (int i = 0; i < 2; i++) {
      int self = i;
      machine.startThread(
          "T" + i,
          () -> {
            token.waitForSingleObject();
            new InterlockedLong("own" + self, 0).increment();
            fail("by T" + self);
          });
    }
  }
}
