package org.cancelsafe.models;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** Where model code asks for its thread, each activity has one of its own, new in each run, on every JDK. */
class ThreadIdentityTest {
  private static final ThreadLocal<Integer> DEPTH = ThreadLocal.withInitial(() -> 0);

  private static Report hunt(Scenario.Model model) {
    return Hunter.explore(Scenario.named("threads").model(model));
  }

  private static void assertVerified(Report report) {
    assertEquals(Verdict.VERIFIED, report.verdict(), () -> ReportText.of(report));
  }

  private static void twoThreads(Machine machine, Runnable body) {
    machine.startThread("T0", body);
    machine.startThread("T1", body);
  }

  /** It is left as it is by a run that ends in between, and not put back by one that ends. */
  @Test
  void aThreadLocalIsOfOneActivityInOneRun() {
    assertVerified(
        hunt(
            machine -> {
              InterlockedLong x = new InterlockedLong("x", 0);
              twoThreads(
                  machine,
                  () -> {
                    assertEquals(0, DEPTH.get());
                    DEPTH.set(1);
                    x.increment();
                    assertEquals(1, DEPTH.get());
                    DEPTH.set(2);
                    x.increment();
                    assertEquals(2, DEPTH.get());
                  });
            }));
  }

  @Test
  void anActivityStaysOnItsThread() {
    assertVerified(
        hunt(
            machine -> {
              InterlockedLong x = new InterlockedLong("x", 0);
              Thread[] owner = new Thread[1];
              twoThreads(
                  machine,
                  () -> {
                    Thread self = Thread.currentThread();
                    x.increment();
                    assertNotSame(self, owner[0]);
                    owner[0] = self;
                    x.increment();
                    assertSame(self, Thread.currentThread());
                  });
            }));
  }

  @Test
  void aCounterexampleIsReplayedOnThreadsAsWell() {
    Scenario scenario =
        Scenario.named("threads")
            .model(
                machine -> {
                  InterlockedLong x = new InterlockedLong("x", 0);
                  int[] sum = new int[1];
                  twoThreads(
                      machine,
                      () -> {
                        DEPTH.set(DEPTH.get() + 1);
                        int before = sum[0];
                        x.increment();
                        sum[0] = before + DEPTH.get();
                      });
                  machine.afterwards(() -> assertEquals(2, sum[0]));
                });
    Report report = Hunter.explore(scenario);
    assertEquals(Verdict.RACE, report.verdict(), () -> ReportText.of(report));
    Report again = Hunter.replay(scenario, requireNonNull(report.counterexample()).replay());
    assertEquals("AssertionFailed", again.rule(), () -> ReportText.of(again));
  }
}
