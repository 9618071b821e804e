package org.cancelsafe.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** Model code that holds a lock of the JVM across a step is named. */
class BlockedTest {
  private static final Duration SOON = Duration.ofSeconds(8);

  private static Report hunt(Scenario.Model model) {
    Report report = assertTimeoutPreemptively(SOON, () -> Hunter.explore(Scenario.named("blocked").model(model)));
    assertEquals(Verdict.ERROR, report.verdict(), () -> ReportText.of(report));
    return report;
  }

  private static void assertSays(String rule, Report report, String... parts) {
    assertEquals(rule, report.rule(), () -> ReportText.of(report));
    for (String part : parts) {
      assertTrue(report.finding().message().contains(part), () -> report.finding().message());
    }
  }

  @Test
  void aLockHeldAcrossAStep() {
    Report report =
        hunt(
            machine -> {
              ReentrantLock lock = new ReentrantLock();
              InterlockedLong x = new InterlockedLong("x", 0);
              for (int i = 0; i < 2; i++) {
                machine.startThread(
                    "T" + i,
                    () -> {
                      x.increment();
                      lock.lock();
                      try {
                        x.increment();
                      } finally {
                        lock.unlock();
                      }
                    });
              }
            });
    assertSays(
        "JvmMonitorHeld",
        report,
        "T0 takes a step holding a lock of the JVM (java.util.concurrent.locks.ReentrantLock, BlockedTest.java:",
        "use a KSpinLock or an event");
  }

  @Test
  void aWriteLockHeldAcrossAStep() {
    Report report =
        hunt(
            machine -> {
              ReentrantReadWriteLock.WriteLock lock = new ReentrantReadWriteLock().writeLock();
              machine.startThread(
                  "Writer",
                  () -> {
                    lock.lock();
                    new InterlockedLong("x", 0).increment();
                    lock.unlock();
                  });
            });
    assertSays("JvmMonitorHeld", report, "Writer takes a step holding a lock", "ReentrantReadWriteLock");
  }

  /** One that nobody holds at a step does no harm. */
  @Test
  void aLockHeldBetweenSteps() {
    Report report =
        Hunter.explore(
            Scenario.named("between")
                .model(
                    machine -> {
                      ReentrantLock lock = new ReentrantLock();
                      InterlockedLong x = new InterlockedLong("x", 0);
                      for (int i = 0; i < 2; i++) {
                        machine.startThread(
                            "T" + i,
                            () -> {
                              lock.lock();
                              lock.unlock();
                              x.increment();
                            });
                      }
                    }));
    assertEquals(Verdict.VERIFIED, report.verdict(), () -> ReportText.of(report));
  }
}
