package org.cancelsafe.emu.ex;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.machine.Irql.APC_LEVEL;
import static org.cancelsafe.emu.machine.Irql.PASSIVE_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.verifier.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FastMutexTest {
  private final FastMutex mutex = new FastMutex("M");
  private int counter;

  @Test
  void isOwnedAtApcLevel() {
    onMachine(
        machine -> {
          mutex.acquire();
          assertEquals(APC_LEVEL, Ke.getCurrentIrql());
          assertTrue(Ke.areAllApcsDisabled());
          assertFalse(mutex.tryToAcquire());
          mutex.release();
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
          assertTrue(mutex.tryToAcquire());
          assertEquals(APC_LEVEL, Ke.getCurrentIrql());
          mutex.release();
          Ke.enterCriticalRegion();
          mutex.acquireUnsafe();
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
          mutex.releaseUnsafe();
          assertThrows(IllegalStateException.class, mutex::releaseUnsafe);
          Ke.leaveCriticalRegion();
          assertThrows(IllegalStateException.class, mutex::release);
        });
  }

  @Test
  void isGivenBackBeforeItsThreadEnds() {
    stopsWith(Rule.IRQL_GT_ZERO_AT_SYSTEM_SERVICE, machine -> mutex.acquire());
    stopsWith(
        Rule.APC_INDEX_MISMATCH,
        machine -> {
          Ke.enterCriticalRegion();
          new FastMutex("unsafe").acquireUnsafe();
        });
  }

  @Test
  void excludes() {
    onProcessors(
        2,
        machine -> {
          for (int i = 0; i < 3; i++) {
            machine.startThread(
                "T" + i,
                () -> {
                  for (int round = 0; round < 2_000; round++) {
                    mutex.acquire();
                    counter++;
                    mutex.release();
                  }
                });
          }
        });
    assertEquals(6_000, counter);
  }

  @Test
  void isNotAcquiredAgainByItsOwner() {
    stopsWith(
        Rule.DEADLOCK,
        machine ->
            machine.startThread(
                "T",
                () -> {
                  mutex.acquire();
                  mutex.acquire();
                }));
  }

  @Test
  void isAcquiredAtMostAtApcLevel() {
    stopsWith(
        Rule.FAST_MUTEX_ABOVE_APC,
        machine -> {
          Ke.raiseIrqlToDpcLevel();
          mutex.acquire();
        });
  }

  @Test
  void guardedRegionsDisableAllApcsAndAreLeftAsOftenAsEntered() {
    onMachine(
        machine -> {
          assertFalse(Ke.areAllApcsDisabled());
          Ke.enterGuardedRegion();
          assertTrue(Ke.areAllApcsDisabled());
          assertTrue(Ke.areApcsDisabled());
          Ke.leaveGuardedRegion();
          assertFalse(Ke.areAllApcsDisabled());
        });
    stopsWith(Rule.GUARDED_REGIONS, machine -> Ke.leaveGuardedRegion());
    stopsWith(Rule.APC_INDEX_MISMATCH, machine -> Ke.enterGuardedRegion());
  }
}
