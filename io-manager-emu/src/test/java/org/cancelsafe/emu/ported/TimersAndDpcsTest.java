package org.cancelsafe.emu.ported;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.ke.KDpc.Importance.HIGH_IMPORTANCE;
import static org.cancelsafe.emu.ke.KDpc.Importance.MEDIUM_HIGH_IMPORTANCE;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;
import static org.cancelsafe.emu.machine.Irql.HIGH_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KStatus;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Timers and DPCs: set or not, queued or not, and with which arguments. */
@Timeout(60)
class TimersAndDpcsTest {
  private static final long AN_HOUR = -36_000_000_000L;

  private final List<Object> ran = Collections.synchronizedList(new ArrayList<>());

  private KDpc dpc(String name) {
    return new KDpc(name, (dpc, context, one, two) -> ran.add(name), null);
  }

  @ParameterizedTest
  @EnumSource(KTimer.Type.class)
  void aTimerThatIsSetSaysSo(KTimer.Type type) {
    onMachine(
        machine -> {
          KTimer timer = new KTimer("T", type);
          assertFalse(timer.readState());
          assertFalse(timer.cancel());
          assertFalse(timer.set(AN_HOUR, null));
          assertFalse(timer.readState());
          assertTrue(timer.set(AN_HOUR, null));
          assertTrue(timer.setEx(AN_HOUR, 1_000, null));
          assertTrue(timer.setCoalescable(AN_HOUR, 0, 10, null));
          assertFalse(timer.waitForSingleObject(0));
          assertTrue(timer.cancel());
          assertFalse(timer.cancel());
          assertFalse(timer.readState());
        });
  }

  @Test
  void anExpiredTimerIsNotSetButSignaled() {
    onMachine(
        machine -> {
          KTimer timer = new KTimer("T");
          assertFalse(timer.set(0, null), "due at once");
          timer.waitForSingleObject();
          assertTrue(timer.readState());
          assertFalse(timer.cancel());
          assertTrue(timer.readState(), "cancelling leaves the state");
          assertFalse(timer.set(AN_HOUR, null), "it had expired");
          assertFalse(timer.readState(), "setting does not");
          assertTrue(timer.cancel());
          assertFalse(timer.readState());
        });
  }

  @Test
  void aPeriodicTimerIsSetUntilItIsCancelled() {
    onMachine(
        machine -> {
          KTimer timer = new KTimer("T", KTimer.Type.SYNCHRONIZATION_TIMER);
          assertFalse(timer.setEx(-10_000, 1, null));
          timer.waitForSingleObject();
          timer.waitForSingleObject();
          timer.waitForSingleObject();
          assertTrue(timer.cancel());
          assertFalse(timer.cancel());
          timer.waitForSingleObject(0);
          assertFalse(timer.waitForSingleObject(-50_000), "it comes no more");
        });
  }

  @Test
  void aTimerQueuesItsDpcAndOneThatIsSetAgainOnlyTheNewOne() {
    onMachine(
        machine -> {
          KTimer timer = new KTimer("T");
          timer.set(AN_HOUR, dpc("old"));
          assertTrue(timer.set(-1_000, dpc("new")));
          timer.waitForSingleObject();
          Ke.flushQueuedDpcs();
          assertEquals(List.of("new"), ran);
        });
  }

  @Test
  void aCancelledTimerQueuesNothing() {
    onMachine(
        machine -> {
          KTimer timer = new KTimer("T");
          timer.set(-200_000, dpc("D"));
          assertTrue(timer.cancel());
          Ke.delayExecutionThread(-400_000);
          Ke.flushQueuedDpcs();
        });
    assertEquals(List.of(), ran);
  }

  @Test
  void aTimerIsSetAtDispatchLevel() {
    onMachine(
        machine -> {
          KTimer timer = new KTimer("T");
          Irql old = Ke.raiseIrqlToDpcLevel();
          assertFalse(timer.set(AN_HOUR, null));
          assertTrue(timer.set(AN_HOUR, null));
          assertFalse(timer.waitForSingleObject(0));
          assertTrue(timer.cancel());
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          Ke.lowerIrql(old);
        });
  }

  @Test
  void aDpcIsQueuedOnceWithItsFirstArguments() {
    onMachine(
        machine -> {
          KDpc dpc =
              new KDpc(
                  "D",
                  (self, context, one, two) -> {
                    assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
                    ran.addAll(List.of(context, one, two));
                  },
                  "context");
          Irql old = Ke.raiseIrql(HIGH_LEVEL);
          assertTrue(dpc.insertQueue(1, 2));
          assertFalse(dpc.insertQueue(3, 4));
          assertEquals(List.of(), ran);
          assertEquals(HIGH_LEVEL, Ke.getCurrentIrql());
          Ke.lowerIrql(old);
          Ke.flushQueuedDpcs();
          assertEquals(List.of("context", 1, 2), ran);
          assertFalse(dpc.removeQueue());
          assertTrue(dpc.insertQueue(5, 6), "it has run");
          Ke.flushQueuedDpcs();
          assertEquals(List.of("context", 1, 2, "context", 5, 6), ran);
        });
  }

  @Test
  void aDpcThatWasRemovedDoesNotRun() {
    onMachine(
        machine -> {
          KDpc dpc = dpc("D");
          assertFalse(dpc.removeQueue());
          Irql old = Ke.raiseIrqlToDpcLevel();
          Ke.setSystemAffinityThread(1);
          assertTrue(dpc.insertQueue(null, null));
          assertTrue(dpc.removeQueue());
          assertFalse(dpc.removeQueue());
          Ke.lowerIrql(old);
          Ke.flushQueuedDpcs();
          assertEquals(List.of(), ran);
        });
  }

  @Test
  void aDpcThatRunsIsNotQueuedAndMayQueueItself() {
    AtomicInteger runs = new AtomicInteger();
    onMachine(
        machine ->
            new KDpc(
                    "D",
                    (self, context, one, two) -> {
                      assertNull(one);
                      assertFalse(self.removeQueue());
                      if (runs.incrementAndGet() < 3) {
                        assertTrue(self.insertQueue(null, null));
                        assertFalse(self.insertQueue(null, null));
                      }
                    },
                    null)
                .insertQueue(null, null));
    assertEquals(3, runs.get());
  }

  @Test
  void onOneProcessorTheyRunInTheOrderOfTheQueue() {
    onProcessors(
        1,
        machine -> {
          KDpc high = dpc("high");
          high.setImportance(HIGH_IMPORTANCE);
          KDpc higher = dpc("higher");
          higher.setImportance(HIGH_IMPORTANCE);
          KDpc mediumHigh = dpc("mediumHigh");
          mediumHigh.setImportance(MEDIUM_HIGH_IMPORTANCE);
          Irql old = Ke.raiseIrqlToDpcLevel();
          for (KDpc dpc : List.of(dpc("first"), mediumHigh, high, dpc("last"), higher)) {
            assertTrue(dpc.insertQueue(null, null));
          }
          Ke.lowerIrql(old);
          assertEquals(List.of("higher", "high", "first", "mediumHigh", "last"), ran);
        });
  }

  @Test
  void importanceCountsFromTheNextInsertionOn() {
    onProcessors(
        1,
        machine -> {
          KDpc late = dpc("late");
          Irql old = Ke.raiseIrqlToDpcLevel();
          dpc("first").insertQueue(null, null);
          late.insertQueue(null, null);
          late.setImportance(HIGH_IMPORTANCE);
          assertFalse(late.insertQueue(null, null));
          Ke.lowerIrql(old);
          assertEquals(List.of("first", "late"), ran);
        });
  }

  @Test
  void aDpcRunsOnItsTargetProcessor() {
    onProcessors(
        3,
        machine -> {
          KEvent done = new KEvent("done", KEvent.Type.SYNCHRONIZATION_EVENT, false);
          KDpc dpc =
              new KDpc(
                  "D",
                  (self, context, one, two) -> {
                    ran.add(Ke.getCurrentProcessorNumber());
                    done.set();
                  },
                  null);
          dpc.setImportance(HIGH_IMPORTANCE);
          assertEquals(KStatus.STATUS_SUCCESS, dpc.setTargetProcessorEx(2));
          assertEquals(KStatus.STATUS_INVALID_PARAMETER, dpc.setTargetProcessorEx(3));
          assertEquals(KStatus.STATUS_INVALID_PARAMETER, dpc.setTargetProcessorEx(-1));
          dpc.insertQueue(null, null);
          done.waitForSingleObject();
          dpc.setTargetProcessor(1);
          dpc.setTargetProcessor(17);
          dpc.insertQueue(null, null);
          done.waitForSingleObject();
          assertEquals(List.of(2, 1), ran);
        });
  }

  @Test
  void aDpcIsToldItself() {
    Object[] told = new Object[1];
    onMachine(
        machine -> {
          KDpc dpc = new KDpc("D", (self, context, one, two) -> told[0] = self, null);
          dpc.insertQueue(null, null);
          Ke.flushQueuedDpcs();
          assertSame(dpc, told[0]);
        });
  }

  @Test
  void theClockTicks() {
    onMachine(
        machine -> {
          long ticks = Ke.queryTickCount();
          long interruptTime = Ke.queryInterruptTime();
          long systemTime = Ke.querySystemTime();
          assertTrue(Ke.queryTimeIncrement() > 0);
          Ke.delayExecutionThread(-2L * Ke.queryTimeIncrement());
          assertTrue(Ke.queryTickCount() > ticks);
          assertTrue(Ke.queryInterruptTime() >= interruptTime + 2L * Ke.queryTimeIncrement());
          assertTrue(Ke.querySystemTime() >= systemTime);
        });
  }
}
