package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.machine.Irql.PASSIVE_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.verifier.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KGuardedMutexTest {
  private final KGuardedMutex mutex = new KGuardedMutex("M");
  private int counter;

  @Test
  void isOwnedInAGuardedRegionAtTheCallersIrql() {
    onMachine(
        machine -> {
          mutex.acquire();
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
          assertTrue(Ke.areAllApcsDisabled());
          assertFalse(mutex.tryToAcquire());
          mutex.release();
          assertFalse(Ke.areAllApcsDisabled());
          assertTrue(mutex.tryToAcquire());
          assertTrue(Ke.areAllApcsDisabled());
          mutex.release();
          assertFalse(Ke.areAllApcsDisabled());
          assertThrows(IllegalStateException.class, mutex::release);
          assertFalse(Ke.areAllApcsDisabled(), "a release that is refused leaves no region");
        });
  }

  @Test
  void theUnsafeFormsChangeNoRegion() {
    onMachine(
        machine -> {
          Ke.enterGuardedRegion();
          mutex.acquireUnsafe();
          mutex.releaseUnsafe();
          Ke.leaveGuardedRegion();
          Irql old = Ke.raiseIrql(Irql.APC_LEVEL);
          mutex.acquireUnsafe();
          mutex.releaseUnsafe();
          Ke.lowerIrql(old);
          assertFalse(Ke.areAllApcsDisabled());
        });
    stopsWith(Rule.GUARDED_REGIONS, machine -> mutex.acquireUnsafe());
  }

  @Test
  void excludes() {
    onProcessors(
        2,
        machine -> {
          for (int i = 0; i < 3; i++) {
            machine.startThread("T" + i, this::count);
          }
        });
    assertEquals(6_000, counter);
  }

  private void count() {
    for (int round = 0; round < 2_000; round++) {
      mutex.acquire();
      counter++;
      mutex.release();
    }
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
  void isUsedAtMostAtApcLevel() {
    stopsWith(Rule.IRQL_APC_LTE, machine -> atDispatch(mutex::acquire));
    stopsWith(Rule.IRQL_APC_LTE, machine -> atDispatch(mutex::tryToAcquire));
  }

  private static void atDispatch(Runnable call) {
    Ke.raiseIrqlToDpcLevel();
    call.run();
  }
}
