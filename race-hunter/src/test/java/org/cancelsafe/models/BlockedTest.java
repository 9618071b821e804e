package org.cancelsafe.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.machine.Carrier;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** Model code that waits for something of the JVM, or holds a lock of it across a step, is named, and nothing hangs. */
class BlockedTest {
  private static final Duration SOON = Duration.ofSeconds(30);

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

  @Test
  void aWaitForALatch() {
    assertNobodyIsLeft(
        () -> {
          Report report =
              hunt(
                  machine -> {
                    CountDownLatch never = new CountDownLatch(1);
                    InterlockedLong x = new InterlockedLong("x", 0);
                    machine.startThread("Waiter", () -> waitFor(never));
                    machine.startThread("Other", x::increment);
                  });
          assertSays("BlockedOutsideMachine", report, "Waiter waits for ", "CountDownLatch", "in BlockedTest.java:");
        });
  }

  @Test
  void aWaitForAMonitorsNotification() {
    assertNobodyIsLeft(
        () -> {
          Report report = hunt(machine -> machine.startThread("Waiter", () -> waitOn(new Object())));
          assertSays("BlockedOutsideMachine", report, "Waiter waits for java.lang.Object", "in BlockedTest.java:");
        });
  }

  /** It is not known for how long, so that it takes a while until it is. */
  @Test
  void aSleep() {
    assertNobodyIsLeft(
        () -> {
          Report report = hunt(machine -> machine.startThread("Sleeper", BlockedTest::sleepForLong));
          assertSays("NoProgress", report, "one run of blocked did not end in ", "(now at BlockedTest.sleepForLong(");
        });
  }

  private static void sleepForLong() {
    try {
      Thread.sleep(Long.MAX_VALUE);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The set-up of a scenario is model code too. */
  @Test
  void aWaitInTheSetUp() {
    assertNobodyIsLeft(
        () -> {
          Report report = hunt(machine -> waitFor(new CountDownLatch(1)));
          assertSays("BlockedOutsideMachine", report, "CountDownLatch", "in BlockedTest.java:");
        });
  }

  /** What unwinds an activity at the end of a run is an Error; whoever swallows it for ever is named, and left. */
  @Test
  void whatEndsARunIsCaughtForEver() {
    Report report =
        hunt(
            machine -> {
              InterlockedLong x = new InterlockedLong("x", 0);
              machine.startThread("Poll", () -> pollWhateverHappens(x));
              machine.startThread(
                  "Other",
                  () -> {
                    x.increment();
                    throw new IllegalStateException("the run is over");
                  });
              machine.startThread("Poll too", () -> pollWhateverHappens(x));
            });
    assertSays("StopCaught", report, "Poll", " goes on when its run is over, at BlockedTest.java:", "catches Exception");
  }

  private static void pollWhateverHappens(InterlockedLong x) {
    while (true) {
      try {
        if (x.read() == 2) {
          return;
        }
      } catch (Throwable e) {
        // and once more
      }
    }
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void waitOn(Object monitor) {
    synchronized (monitor) {
      try {
        monitor.wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Who was not there before is gone soon after, as long as he was blocked. */
  private static void assertNobodyIsLeft(Runnable hunt) {
    Set<Thread> before = carriers();
    hunt.run();
    Set<Thread> left = carriers();
    left.removeAll(before);
    for (Thread thread : left) {
      assertTimeoutPreemptively(SOON, () -> thread.join(), () -> thread + " is left");
    }
  }

  private static Set<Thread> carriers() {
    Set<Thread> carriers = new HashSet<>(Thread.getAllStackTraces().keySet());
    carriers.removeIf(thread -> !(thread instanceof Carrier));
    return carriers;
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
