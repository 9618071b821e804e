package org.cancelsafe.emu.ported;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.machine.Irql.APC_LEVEL;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;
import static org.cancelsafe.emu.machine.Irql.HIGH_LEVEL;
import static org.cancelsafe.emu.machine.Irql.PASSIVE_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.cancelsafe.emu.ex.ExSpinLock;
import org.cancelsafe.emu.ex.FastMutex;
import org.cancelsafe.emu.ke.KGuardedMutex;
import org.cancelsafe.emu.ke.KLockQueueHandle;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The IRQL after each call that may change it, and what disables APCs. */
@Timeout(60)
class IrqlsTest {
  @ParameterizedTest
  @EnumSource(Irql.class)
  void eachLevelIsRaisedToFromEachLower(Irql to) {
    onMachine(
        machine -> {
          for (Irql from : Irql.values()) {
            if (!from.isAbove(to)) {
              assertEquals(PASSIVE_LEVEL, Ke.raiseIrql(from));
              assertEquals(from, Ke.raiseIrql(to));
              assertEquals(to, Ke.getCurrentIrql());
              Ke.lowerIrql(from);
              assertEquals(from, Ke.getCurrentIrql());
              Ke.lowerIrql(PASSIVE_LEVEL);
            }
          }
        });
  }

  @Test
  void raisedToDpcLevel() {
    onMachine(
        machine -> {
          assertEquals(PASSIVE_LEVEL, Ke.raiseIrqlToDpcLevel());
          assertEquals(DISPATCH_LEVEL, Ke.raiseIrqlToDpcLevel());
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          Ke.lowerIrql(DISPATCH_LEVEL);
          Ke.lowerIrql(PASSIVE_LEVEL);
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
        });
  }

  @ParameterizedTest
  @EnumSource(value = Irql.class, names = {"PASSIVE_LEVEL", "APC_LEVEL", "DISPATCH_LEVEL"})
  void spinLocksRaiseAndRestore(Irql from) {
    onMachine(
        machine -> {
          Irql old = Ke.raiseIrql(from);
          KSpinLock lock = new KSpinLock("L");
          assertTrue(lock.test());
          assertEquals(from, lock.acquire());
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          assertFalse(lock.test());
          assertFalse(lock.tryToAcquireAtDpcLevel());
          lock.release(from);
          assertEquals(from, Ke.getCurrentIrql());
          assertTrue(lock.test());
          KLockQueueHandle handle = new KLockQueueHandle();
          KSpinLock queued = new KSpinLock("Q");
          queued.acquireInStackQueued(handle);
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          assertEquals(from, handle.oldIrql());
          handle.releaseInStackQueued();
          assertEquals(from, Ke.getCurrentIrql());
          ExSpinLock both = new ExSpinLock("X");
          assertEquals(from, both.acquireShared());
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          assertTrue(both.tryConvertSharedExclusive());
          assertFalse(both.tryAcquireSharedAtDpcLevel());
          assertFalse(both.tryAcquireExclusiveAtDpcLevel());
          both.releaseExclusive(from);
          assertEquals(from, both.acquireExclusive());
          both.releaseExclusive(from);
          assertEquals(from, Ke.getCurrentIrql());
          Ke.lowerIrql(old);
        });
  }

  @ParameterizedTest
  @EnumSource(value = Irql.class, names = {"DISPATCH_LEVEL", "DIRQL_5", "HIGH_LEVEL"})
  void atDpcLevelTheyChangeNothing(Irql at) {
    onMachine(
        machine -> {
          Irql old = Ke.raiseIrql(at);
          KSpinLock lock = new KSpinLock("L");
          lock.acquireAtDpcLevel();
          assertEquals(at, Ke.getCurrentIrql());
          lock.releaseFromDpcLevel();
          assertTrue(lock.tryToAcquireAtDpcLevel());
          assertEquals(at, Ke.getCurrentIrql());
          lock.releaseFromDpcLevel();
          assertEquals(at, Ke.getCurrentIrql());
          KLockQueueHandle handle = new KLockQueueHandle();
          KSpinLock queued = new KSpinLock("Q");
          queued.acquireInStackQueuedAtDpcLevel(handle);
          handle.releaseInStackQueuedFromDpcLevel();
          assertEquals(at, Ke.getCurrentIrql());
          Ke.lowerIrql(old);
        });
  }

  @Test
  void aLockForDpcsRaisesFromBelowOnly() {
    onMachine(
        machine -> {
          KSpinLock lock = new KSpinLock("L");
          Irql old = lock.acquireForDpc();
          assertEquals(PASSIVE_LEVEL, old);
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          lock.releaseForDpc(old);
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
        });
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nestedLocksAreReleasedInAnyOrderThatKeepsTheIrql(boolean innerFirst) {
    onMachine(
        machine -> {
          KSpinLock outer = new KSpinLock("Outer");
          KSpinLock inner = new KSpinLock("Inner");
          Irql old = outer.acquire();
          Irql dispatch = inner.acquire();
          assertEquals(DISPATCH_LEVEL, dispatch);
          if (innerFirst) {
            inner.release(dispatch);
            outer.release(old);
          } else {
            outer.releaseFromDpcLevel();
            inner.release(old);
          }
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
        });
  }

  @Test
  void criticalRegionsDisableNormalApcsAndGuardedOnesAll() {
    onMachine(
        machine -> {
          assertApcs(false, false);
          Ke.enterCriticalRegion();
          assertApcs(true, false);
          Ke.enterGuardedRegion();
          assertApcs(true, true);
          Ke.leaveCriticalRegion();
          assertApcs(true, true);
          Ke.enterGuardedRegion();
          Ke.leaveGuardedRegion();
          assertApcs(true, true);
          Ke.leaveGuardedRegion();
          assertApcs(false, false);
        });
  }

  private static void assertApcs(boolean normalDisabled, boolean allDisabled) {
    assertEquals(normalDisabled, Ke.areApcsDisabled());
    assertEquals(allDisabled, Ke.areAllApcsDisabled());
  }

  @Test
  void theIrqlDisablesAllApcsAndIsNoRegion() {
    onMachine(
        machine -> {
          Irql old = Ke.raiseIrql(APC_LEVEL);
          assertApcs(false, true);
          Ke.enterCriticalRegion();
          assertApcs(true, true);
          Ke.leaveCriticalRegion();
          Irql apc = Ke.raiseIrqlToDpcLevel();
          assertApcs(false, true);
          Ke.lowerIrql(apc);
          Ke.lowerIrql(old);
          assertApcs(false, false);
        });
  }

  @Test
  void aFastMutexRaisesAndAGuardedOneDoesNot() {
    onMachine(
        machine -> {
          FastMutex fast = new FastMutex("F");
          fast.acquire();
          assertEquals(APC_LEVEL, Ke.getCurrentIrql());
          assertApcs(false, true);
          assertFalse(fast.tryToAcquire());
          assertEquals(APC_LEVEL, Ke.getCurrentIrql());
          fast.release();
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
          assertTrue(fast.tryToAcquire());
          assertEquals(APC_LEVEL, Ke.getCurrentIrql());
          fast.release();
          Irql old = Ke.raiseIrql(APC_LEVEL);
          fast.acquire();
          fast.release();
          assertEquals(APC_LEVEL, Ke.getCurrentIrql(), "what it was before");
          Ke.lowerIrql(old);
          KGuardedMutex guarded = new KGuardedMutex("G");
          guarded.acquire();
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
          assertApcs(true, true);
          assertFalse(guarded.tryToAcquire());
          assertApcs(true, true);
          guarded.release();
          assertApcs(false, false);
          assertTrue(guarded.tryToAcquire());
          assertApcs(true, true);
          guarded.release();
          assertApcs(false, false);
        });
  }

  @Test
  void processorsAndTheirMasks() {
    onProcessors(
        3,
        machine -> {
          assertEquals(3, Ke.queryActiveProcessorCount());
          assertEquals(0b111, Ke.queryActiveProcessors());
          assertEquals(0, Ke.setSystemAffinityThread(0b100));
          assertEquals(2, Ke.getCurrentProcessorNumber());
          assertEquals(0b100, Ke.setSystemAffinityThread(0b010));
          assertEquals(1, Ke.getCurrentProcessorNumber());
          assertEquals(0b010, Ke.setSystemAffinityThread(0b1000), "no processor of the machine: nothing changes");
          assertEquals(1, Ke.getCurrentProcessorNumber());
          Ke.revertToUserAffinityThread(0);
          assertEquals(0, Ke.setSystemAffinityThread(0b001));
          assertEquals(0, Ke.getCurrentProcessorNumber());
        });
  }

  @Test
  void theHighestLevelIs15() {
    assertEquals(15, HIGH_LEVEL.level());
    assertEquals(2, DISPATCH_LEVEL.level());
    assertEquals(1, APC_LEVEL.level());
    assertEquals(13, Irql.CLOCK_LEVEL.level());
  }
}
