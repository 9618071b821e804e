package org.cancelsafe.hunter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** Model code that waits where no step of the machine can help is named, in little time, and nothing is left running. */
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

  @Test
  void aLatchThatAnotherWouldCountDown() throws InterruptedException {
    Report report =
        hunt(
            machine -> {
              CountDownLatch latch = new CountDownLatch(1);
              InterlockedLong x = new InterlockedLong("x", 0);
              machine.startThread(
                  "Waiter",
                  () -> {
                    x.increment();
                    try {
                      latch.await();
                    } catch (InterruptedException e) {
                      throw new IllegalStateException(e);
                    }
                  });
              machine.startThread(
                  "Counter",
                  () -> {
                    x.increment();
                    latch.countDown();
                  });
            });
    assertSays(
        "BlockedOutsideMachine", report, "Waiter waits for java.util.concurrent.CountDownLatch, in BlockedTest.java:");
    assertNobodyIsLeft();
  }

  @Test
  void aQueueThatStaysEmptyDuringTheSetup() throws InterruptedException {
    BlockingQueue<String> queue = new LinkedBlockingQueue<>();
    Report report =
        hunt(
            machine -> {
              try {
                queue.take();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    assertSays("BlockedOutsideMachine", report, "boot waits for java.util.concurrent.locks.AbstractQueuedSynchronizer");
    assertNobodyIsLeft();
  }

  /** Where every activity has a thread of its own; on one thread the lock keeps nobody out. */
  @Test
  void aLockThatWasNotSeenHeldAtFirst() throws InterruptedException {
    Report report =
        Hunter.explore(
            Scenario.named("late")
                .model(
                    machine -> {
                      Object monitor = new Object();
                      InterlockedLong x = new InterlockedLong("x", 0);
                      machine.startThread("T0", () -> x.write(1));
                      machine.startThread(
                          "T1",
                          () -> {
                            if (x.read() == 0) {
                              synchronized (monitor) {
                                x.increment();
                              }
                            }
                          });
                      machine.startThread(
                          "T2",
                          () -> {
                            x.increment();
                            synchronized (monitor) {
                              x.read();
                            }
                          });
                    }));
    assertEquals(Verdict.ERROR, report.verdict(), () -> ReportText.of(report));
    assertNobodyIsLeft();
  }

  private static void assertNobodyIsLeft() throws InterruptedException {
    long started = System.nanoTime();
    while (isAnyLeft()) {
      assertFalse(System.nanoTime() - started > 5_000_000_000L, () -> "" + Thread.getAllStackTraces());
      Thread.onSpinWait();
    }
  }

  private static boolean isAnyLeft() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().startsWith("hunter ") || thread.getName().equals("explored-machine"));
  }
}
