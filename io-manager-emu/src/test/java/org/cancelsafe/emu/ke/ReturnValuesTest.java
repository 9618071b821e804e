package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.ke.KEvent.Type.NOTIFICATION_EVENT;
import static org.cancelsafe.emu.ke.KEvent.Type.SYNCHRONIZATION_EVENT;
import static org.cancelsafe.emu.ke.KStatus.STATUS_ABANDONED;
import static org.cancelsafe.emu.ke.KStatus.STATUS_SUCCESS;
import static org.cancelsafe.emu.ke.KStatus.STATUS_WAIT_0;
import static org.cancelsafe.emu.ke.KStatus.STATUS_WAIT_1;
import static org.cancelsafe.emu.ke.WaitType.WAIT_ALL;
import static org.cancelsafe.emu.ke.WaitType.WAIT_ANY;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;
import static org.cancelsafe.emu.machine.Irql.PASSIVE_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.verifier.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The small print that kernel tests look at: what a routine returns, and the IRQL it leaves. */
@Timeout(60)
class ReturnValuesTest {
  private static final long LONG_AGO = 1;

  @Test
  void aWaitSaysHowItEnded() {
    onMachine(
        machine -> {
          assertEquals(STATUS_SUCCESS, new KEvent("E", NOTIFICATION_EVENT, true).waitForSingleObject());
          KEvent unset = new KEvent("U", SYNCHRONIZATION_EVENT, false);
          KEvent set = new KEvent("S", SYNCHRONIZATION_EVENT, true);
          assertEquals(STATUS_WAIT_1, Ke.waitForMultipleObjects(List.of(unset, set), WAIT_ANY));
          assertFalse(set.readState());
          set.set();
          unset.set();
          assertEquals(STATUS_WAIT_0, Ke.waitForMultipleObjects(List.of(unset, set), WAIT_ANY), "the first in the array");
          assertTrue(set.readState());
          unset.set();
          assertEquals(STATUS_SUCCESS, Ke.waitForMultipleObjects(List.of(unset, set), WAIT_ALL));
          assertFalse(set.readState());
        });
  }

  @Test
  void aUsersMutexWhoseOwnerEndedIsAbandoned() {
    KMutex mutex = KMutex.ofUserMode("M");
    KEvent owned = new KEvent("owned", NOTIFICATION_EVENT, false);
    onMachine(
        machine -> {
          machine.startThread(
              "owner",
              () -> {
                assertEquals(STATUS_SUCCESS, mutex.waitForSingleObject());
                owned.set();
              });
          owned.waitForSingleObject();
          assertEquals(STATUS_ABANDONED, mutex.waitForSingleObject());
          assertEquals(STATUS_SUCCESS, mutex.waitForSingleObject(), "it is the caller's now");
          mutex.release();
          mutex.release();
        });
  }

  @Test
  void releasedWithWaitTheIrqlStaysRaisedUntilTheWait() {
    onMachine(
        machine -> {
          KSemaphore semaphore = new KSemaphore("S", 0, 2);
          assertEquals(0, semaphore.release(0, 1, false));
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
          assertEquals(1, semaphore.release(0, 1, true));
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          semaphore.waitForSingleObject();
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
          assertThrows(IllegalStateException.class, () -> semaphore.release(0, 2, true));
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql(), "the release was refused");
          assertEquals(1, semaphore.readState());
          KMutex mutex = new KMutex("M");
          mutex.waitForSingleObject();
          assertEquals(0, mutex.release(true));
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          semaphore.waitForSingleObject();
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
        });
    stopsWith(
        Rule.IRQL_APC_LTE,
        machine -> {
          Ke.raiseIrqlToDpcLevel();
          new KSemaphore("S", 0, 2).release(0, 1, true);
        });
  }

  @Test
  void aTimeIsRelativeOrAbsoluteAsTheKernelWritesIt() {
    onMachine(
        machine -> {
          KEvent never = new KEvent("E", NOTIFICATION_EVENT, false);
          assertFalse(never.waitForSingleObject(-10));
          assertFalse(never.waitForSingleObject(Ke.querySystemTime() + LONG_AGO));
          assertFalse(never.waitForSingleObject(Ke.querySystemTime() - LONG_AGO));
          Ke.delayExecutionThread(-10);
          Ke.delayExecutionThread(Ke.querySystemTime());
          KTimer timer = new KTimer("T");
          for (long due : List.of(-10L, 0L, 10L, Ke.querySystemTime() - LONG_AGO, Ke.querySystemTime() + 10)) {
            assertFalse(timer.set(due, null));
            assertEquals(STATUS_SUCCESS, timer.waitForSingleObject());
          }
          assertFalse(timer.set(Ke.querySystemTime() + 36_000_000_000L, null));
          assertFalse(timer.waitForSingleObject(-10), "an hour is not over");
          assertTrue(timer.set(Long.MIN_VALUE, null), "it was set");
          assertTrue(timer.cancel());
        });
  }

  @Test
  void whoWaitedForATimerFindsItsDpcQueued() {
    for (int round = 0; round < 20; round++) {
      AtomicInteger runs = new AtomicInteger();
      onProcessors(
          2,
          machine -> {
            KTimer timer = new KTimer("T");
            timer.set(-10, new KDpc("D", (dpc, context, one, two) -> runs.incrementAndGet(), null));
            timer.waitForSingleObject();
            Ke.flushQueuedDpcs();
            assertEquals(1, runs.get());
          });
    }
  }

  @Test
  void queuedSpinLocksForDpcsRaiseFromBelowOnly() {
    onMachine(
        machine -> {
          KSpinLock lock = new KSpinLock("L");
          KLockQueueHandle handle = new KLockQueueHandle();
          lock.acquireInStackQueuedForDpc(handle);
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          handle.releaseInStackQueuedForDpc();
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
          Irql old = Ke.raiseIrqlToDpcLevel();
          lock.acquireInStackQueuedForDpc(handle);
          handle.releaseInStackQueuedForDpc();
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          Ke.lowerIrql(old);
        });
  }

  @Test
  void whoTriesAgainAndAgainDoesNotKeepTheProcessor() {
    KEvent done = new KEvent("E", NOTIFICATION_EVENT, false);
    KGuardedMutex mutex = new KGuardedMutex("M");
    onProcessors(
        1,
        machine -> {
          machine.startThread("polls", () -> untilTrue(() -> done.waitForSingleObject(0)));
          machine.startThread(
              "tries",
              () -> {
                untilTrue(mutex::tryToAcquire);
                done.set();
                mutex.release();
              });
          mutex.acquire();
          Ke.delayExecutionThread(-10);
          mutex.release();
          untilTrue(() -> done.waitForSingleObject(0));
        });
  }

  private static void untilTrue(BooleanSupplier test) {
    while (!test.getAsBoolean()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void levelsHaveTheNamesOfTheHeader() {
    assertEquals(
        List.of(0, 5, 14, 14, 15),
        List.of(Irql.LOW_LEVEL, Irql.CMCI_LEVEL, Irql.POWER_LEVEL, Irql.DRS_LEVEL, Irql.PROFILE_LEVEL).stream()
            .map(Irql::level)
            .toList());
  }
}
