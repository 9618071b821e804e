package org.cancelsafe.models;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/**
 * What nobody holds across a step in the plainest schedule, which is watched, is named when two want it at once.
 *
 * <p>This class is on the stack of its models, so it must not mention threads.
 */
class BlockedInFewSchedulesTest {
  private static String blockedOn(Scenario.Model model) {
    Report report =
        assertTimeoutPreemptively(
            Duration.ofSeconds(30), () -> Hunter.explore(Scenario.named("few").model(model)));
    assertEquals("BlockedOutsideMachine", report.rule(), () -> ReportText.of(report));
    String message = requireNonNull(report.finding()).message();
    assertTrue(message.contains(", in BlockedInFewSchedulesTest.java:"), message);
    return message;
  }

  @Test
  void aLock() {
    String message =
        blockedOn(
            machine -> {
              ReentrantLock lock = new ReentrantLock();
              InterlockedLong y = new InterlockedLong("y", 0);
              inFewSchedules(
                  machine,
                  () -> {
                    lock.lock();
                    y.increment();
                    lock.unlock();
                  });
            });
    assertTrue(message.contains("ReentrantLock"), message);
  }

  @Test
  void aMonitor() {
    String message =
        blockedOn(
            machine -> {
              Object monitor = new Object();
              InterlockedLong y = new InterlockedLong("y", 0);
              inFewSchedules(
                  machine,
                  () -> {
                    synchronized (monitor) {
                      y.increment();
                    }
                  });
            });
    assertTrue(message.matches("T[01] waits for .*"), message);
  }

  private static void inFewSchedules(Machine machine, Runnable body) {
    InterlockedLong x = new InterlockedLong("x", 0);
    machine.startThread(
        "T0",
        () -> {
          x.increment();
          x.increment();
          if (x.read() == 3) {
            body.run();
          }
        });
    machine.startThread(
        "T1",
        () -> {
          if (x.increment() == 2 && x.read() == 3) {
            body.run();
          }
        });
  }
}
