package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KTimerTest {
  private static final long AN_HOUR = 36_000_000_000L;
  private static final long A_MILLISECOND = 10_000;

  private final AtomicInteger runs = new AtomicInteger();
  private final KDpc dpc = new KDpc("D", (self, context, one, two) -> runs.incrementAndGet(), null);
  private final KTimer timer = new KTimer("T");

  @Test
  void expiresNotBeforeItsTimeAndStaysSignaled() {
    onMachine(
        machine -> {
          long before = System.nanoTime();
          assertFalse(timer.set(2 * A_MILLISECOND, dpc));
          timer.waitForSingleObject();
          assertTrue(System.nanoTime() - before >= 2_000_000);
          assertTrue(timer.waitForSingleObject(0));
          assertEquals("expired", timer.snapshot());
        });
    assertEquals(1, runs.get());
  }

  @Test
  @Statement(211)
  void settingItAgainCallsTheFirstExpiryOff() {
    AtomicInteger others = new AtomicInteger();
    onMachine(
        machine -> {
          assertFalse(timer.set(AN_HOUR, new KDpc("first", (self, c, one, two) -> others.incrementAndGet(), null)));
          assertTrue(timer.set(A_MILLISECOND, dpc));
          timer.waitForSingleObject();
        });
    assertEquals(0, others.get());
    assertEquals(1, runs.get());
  }

  @Test
  @Statement(212)
  void settingItClearsTheSignal() {
    onMachine(
        machine -> {
          timer.set(0, null);
          timer.waitForSingleObject();
          assertFalse(timer.set(AN_HOUR, null));
          assertFalse(timer.waitForSingleObject(0));
          assertEquals("set", timer.snapshot());
          timer.cancel();
        });
  }

  @Test
  void aCancelledOneNeitherExpiresNorQueues() {
    onMachine(
        machine -> {
          timer.set(A_MILLISECOND, dpc);
          boolean cancelled = timer.cancel();
          Ke.delayExecutionThread(3 * A_MILLISECOND);
          assertEquals(cancelled, !timer.waitForSingleObject(0));
          assertFalse(timer.cancel());
          assertEquals(cancelled ? 0 : 1, runs.get());
        });
  }

  @Test
  @Statement(213)
  void cancellingAfterTheExpiryIsFalseEvenIfTheDpcIsOnlyQueued() {
    onProcessors(
        1,
        machine -> {
          Irql old = Ke.raiseIrqlToDpcLevel();
          timer.set(0, dpc);
          while (!timer.waitForSingleObject(0) || !dpc.snapshot().equals("queued")) {
            Thread.onSpinWait();
          }
          assertFalse(timer.cancel());
          assertEquals(0, runs.get());
          Ke.lowerIrql(old);
          while (runs.get() == 0) {
            // the clock marks the DPC as queued a moment before it has put it into the processor's queue
            Ke.lowerIrql(Ke.raiseIrqlToDpcLevel());
          }
          assertEquals(1, runs.get());
        });
  }

  @Test
  @Statement(215)
  void cancellingDoesNotStopARunningDpc() {
    onProcessors(
        2,
        machine -> {
          KEvent running = new KEvent("running", KEvent.Type.NOTIFICATION_EVENT, false);
          KEvent cancelled = new KEvent("cancelled", KEvent.Type.NOTIFICATION_EVENT, false);
          KDpc slow =
              new KDpc(
                  "slow",
                  (self, context, one, two) -> {
                    running.set();
                    while (!cancelled.waitForSingleObject(0)) {
                      Thread.onSpinWait();
                    }
                    runs.incrementAndGet();
                  },
                  null);
          KEvent moved = new KEvent("moved", KEvent.Type.NOTIFICATION_EVENT, false);
          machine.startThread(
              "canceller",
              () -> {
                moved.waitForSingleObject();
                running.waitForSingleObject();
                assertFalse(timer.cancel());
                cancelled.set();
              });
          timer.set(0, slow);
          moved.set();
          timer.waitForSingleObject();
        });
    assertEquals(1, runs.get());
  }

  @Test
  void manySetsAndCancelsFromTwoThreadsLeaveNothingBehind() {
    onProcessors(
        2,
        machine -> {
          for (int i = 0; i < 2; i++) {
            machine.startThread(
                "T" + i,
                () -> {
                  for (int round = 0; round < 500; round++) {
                    timer.set(round % 3 == 0 ? 0 : AN_HOUR, dpc);
                    timer.cancel();
                  }
                });
          }
        });
    assertEquals("T", timer.toString());
  }

  @Test
  void theFarthestDueTimeIsNotNow() {
    onMachine(
        machine -> {
          timer.set(Long.MAX_VALUE, dpc);
          Ke.delayExecutionThread(A_MILLISECOND);
          assertTrue(timer.cancel());
        });
  }

  @Test
  void aDueTimeIsNotNegative() {
    onMachine(
        machine -> assertThrows(IllegalArgumentException.class, () -> timer.setEx(0, -1, null)));
  }

  @Test
  @Statement(214)
  void aPeriodicOneExpiresAgainAndIsSetUntilItIsCancelled() {
    onMachine(
        machine -> {
          assertFalse(timer.setEx(0, 1, dpc));
          while (runs.get() < 3) {
            timer.readState();
          }
          assertTrue(timer.readState());
          assertTrue(timer.cancel());
          assertFalse(timer.cancel());
          Ke.flushQueuedDpcs();
          int before = runs.get();
          Ke.delayExecutionThread(3 * A_MILLISECOND);
          assertEquals(before, runs.get());
        });
  }

  @Test
  void aSynchronizationTimerLetsOneWaiterThrough() {
    onMachine(
        machine -> {
          KTimer once = new KTimer("T", KTimer.Type.SYNCHRONIZATION_TIMER);
          once.set(-1, null);
          once.waitForSingleObject();
          assertFalse(once.readState());
          assertFalse(once.waitForSingleObject(0));
          once.setCoalescable(0, 0, 10, null);
          once.waitForSingleObject();
        });
  }

  @Test
  @Statement(202)
  void isNotFreedWhileItIsSet() {
    onMachine(
        machine -> {
          timer.set(AN_HOUR, null);
          timer.cancel();
          timer.free();
        });
    BugCheck stop =
        stopsWith(
            Rule.TIMER_FREED_WHILE_SET,
            machine -> {
              KTimer set = new KTimer("T");
              set.set(AN_HOUR, null);
              set.free();
            });
    assertEquals(List.of(0xC7, 0), List.of(stop.code().code(), stop.parameters().get(0)));
  }

  @Test
  void isSetAndCancelledAtMostAtDispatchLevel() {
    stopsWith(
        Rule.IRQL_DISPATCH_LTE,
        machine -> {
          Ke.raiseIrql(Irql.DIRQL_3);
          new KTimer("T").set(AN_HOUR, null);
        });
    stopsWith(
        Rule.IRQL_DISPATCH_LTE,
        machine -> {
          Ke.raiseIrql(Irql.DIRQL_3);
          timer.cancel();
        });
  }
}
