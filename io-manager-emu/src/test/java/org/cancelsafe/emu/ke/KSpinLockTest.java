package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.machine.Irql.APC_LEVEL;
import static org.cancelsafe.emu.machine.Irql.DIRQL_5;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;
import static org.cancelsafe.emu.machine.Irql.PASSIVE_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.emu.verifier.Verifier;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class KSpinLockTest {
  private final KSpinLock lock = new KSpinLock("L");

  @ParameterizedTest
  @EnumSource(names = {"PASSIVE_LEVEL", "APC_LEVEL", "DISPATCH_LEVEL"})
  @Statement({150, 155})
  void acquireRaisesToDispatchLevelAndReleaseRestores(Irql before) {
    onMachine(
        machine -> {
          Irql passive = Ke.raiseIrql(before);
          Irql old = lock.acquire();
          assertEquals(before, old);
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          assertTrue(lock.isOwnedByCaller());
          lock.release(old);
          assertEquals(before, Ke.getCurrentIrql());
          assertFalse(lock.isOwnedByCaller());
          Ke.lowerIrql(passive);
        });
  }

  @Test
  @Statement(155)
  void releaseLowersToWhatItIsGiven() {
    onMachine(
        machine -> {
          lock.acquire();
          lock.release(APC_LEVEL);
          assertEquals(APC_LEVEL, Ke.getCurrentIrql());
          Ke.lowerIrql(PASSIVE_LEVEL);
        });
  }

  @Test
  @Statement(151)
  void acquireAboveDispatchLevel() {
    BugCheck stop =
        stopsWith(
            Rule.ACQUIRE_ABOVE_DISPATCH,
            machine -> {
              Ke.raiseIrql(DIRQL_5);
              lock.acquire();
            });
    assertEquals(List.of(0x42, 5, lock), stop.parameters());
  }

  @Test
  @Statement(152)
  void acquireByTheOwner() {
    BugCheck stop =
        stopsWith(
            Rule.SPIN_LOCK_RECURSION,
            machine -> {
              lock.acquire();
              lock.acquire();
            });
    assertEquals(0xF, stop.code().code());
  }

  @Test
  @Statement(152)
  void acquireAtDpcLevelByTheOwner() {
    stopsWith(
        Rule.SPIN_LOCK_RECURSION,
        machine -> {
          lock.acquire();
          lock.acquireAtDpcLevel();
        });
  }

  @Test
  @Statement(154)
  void releaseBelowDispatchLevel() {
    BugCheck stop = stopsWith(Rule.RELEASE_NOT_AT_DISPATCH, machine -> lock.release(PASSIVE_LEVEL));
    assertEquals(List.of(0x32, 0, lock), stop.parameters());
  }

  @Test
  @Statement(154)
  void releaseAboveDispatchLevel() {
    BugCheck stop =
        stopsWith(
            Rule.RELEASE_NOT_AT_DISPATCH,
            machine -> {
              Irql old = lock.acquire();
              Ke.raiseIrql(DIRQL_5);
              lock.release(old);
            });
    assertEquals(List.of(0x32, 5, lock), stop.parameters());
  }

  @Test
  void releaseToAHigherLevel() {
    stopsWith(
        Rule.LOWER_TO_HIGHER,
        machine -> {
          lock.acquire();
          lock.release(DIRQL_5);
        });
  }

  @Test
  @Statement(156)
  void acquireAtDpcLevelBelowDispatchLevel() {
    BugCheck stop = stopsWith(Rule.ACQUIRE_AT_DPC_BELOW_DISPATCH, machine -> lock.acquireAtDpcLevel());
    assertEquals(List.of(0x40, 0, lock), stop.parameters());
  }

  @Test
  @Statement(157)
  void releaseFromDpcLevelBelowDispatchLevel() {
    BugCheck stop = stopsWith(Rule.RELEASE_FROM_DPC_BELOW_DISPATCH, machine -> lock.releaseFromDpcLevel());
    assertEquals(List.of(0x41, 0, lock), stop.parameters());
  }

  @Test
  @Statement(158)
  void atDpcLevelTheIrqlStays() {
    onMachine(
        machine -> {
          Irql old = Ke.raiseIrql(DIRQL_5);
          lock.acquireAtDpcLevel();
          assertEquals(DIRQL_5, Ke.getCurrentIrql());
          lock.releaseFromDpcLevel();
          assertEquals(DIRQL_5, Ke.getCurrentIrql());
          Ke.lowerIrql(old);
        });
  }

  @Test
  @Statement(159)
  void tryFailsAtOnceWhenHeldAndTakesAFreeLock() {
    onMachine(
        machine -> {
          Irql old = lock.acquire();
          assertFalse(lock.tryToAcquireAtDpcLevel());
          lock.release(old);
          old = Ke.raiseIrqlToDpcLevel();
          assertTrue(lock.tryToAcquireAtDpcLevel());
          assertTrue(lock.isOwnedByCaller());
          lock.releaseFromDpcLevel();
          Ke.lowerIrql(old);
        });
  }

  @Test
  void tryBelowDispatchLevel() {
    stopsWith(Rule.ACQUIRE_AT_DPC_BELOW_DISPATCH, machine -> lock.tryToAcquireAtDpcLevel());
  }

  @Test
  @Statement(165)
  void releaseOfALockThatNobodyOwns() {
    BugCheck stop =
        stopsWith(
            Rule.RELEASE_UNACQUIRED,
            machine -> {
              Irql old = lock.acquire();
              lock.release(old);
              Ke.raiseIrqlToDpcLevel();
              lock.release(old);
            });
    assertEquals(List.of(0x1007, lock), stop.parameters());
    assertTrue(stop.explanation().endsWith(" releases L, which nobody owns"), stop.explanation());
  }

  @Test
  @Statement(166)
  void releaseByAnotherThread() {
    BugCheck stop =
        stopsWith(
            Rule.RELEASE_BY_OTHER,
            machine -> {
              lock.acquire();
              machine.startThread("thief", () -> lock.release(Ke.raiseIrqlToDpcLevel()));
              while (!machine.isStopped()) {
                Thread.onSpinWait();
              }
            });
    assertEquals(List.of(0x1004, lock), stop.parameters());
  }

  @Test
  void withoutVerifierTheKernelStopsForAReleaseAllTheSame() {
    BugCheck stop =
        stopsWith(
            Rule.SPIN_LOCK_NOT_OWNED,
            Machine.live().verifier(Verifier.OFF),
            machine -> lock.release(Ke.raiseIrqlToDpcLevel()));
    assertEquals(0x10, stop.code().code());
  }

  @Test
  @Statement(229)
  void lowerIrqlUnderALock() {
    BugCheck stop =
        stopsWith(
            Rule.SPIN_LOCK_RECURSION,
            machine -> {
              Irql old = lock.acquire();
              Ke.lowerIrql(old);
            });
    assertEquals(0xF, stop.code().code());
  }

  @Test
  @Statement(229)
  void releaseToALowerLevelUnderAnotherLock() {
    stopsWith(
        Rule.SPIN_LOCK_RECURSION,
        machine -> {
          Irql old = lock.acquire();
          new KSpinLock("M").acquire();
          lock.release(old);
        });
  }

  @Test
  void nestedLocksAreGivenBackInAnyOrderAtDispatchLevel() {
    onMachine(
        machine -> {
          KSpinLock other = new KSpinLock("M");
          Irql old = lock.acquire();
          Irql dispatch = other.acquire();
          lock.release(dispatch);
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          other.release(old);
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
        });
  }

  @Test
  void nullIsRefusedWithTheLockStillHeld() {
    onMachine(
        machine -> {
          Irql old = lock.acquire();
          assertThrows(NullPointerException.class, () -> release(null));
          assertTrue(lock.isOwnedByCaller());
          lock.release(old);
        });
  }

  @SuppressWarnings("NullAway")
  private void release(Irql irql) {
    lock.release(irql);
  }

  @Test
  void isForThreadsOfAMachine() {
    IllegalStateException refused = assertThrows(IllegalStateException.class, lock::acquire);
    assertTrue(refused.getMessage().startsWith("not on a machine: thread '"), refused.getMessage());
    assertTrue(refused.getMessage().contains("call this from Machine.run"), refused.getMessage());
  }

  @Test
  void itsSnapshotNamesTheOwner() {
    onMachine(
        machine -> {
          assertEquals("-", lock.snapshot());
          Irql old = lock.acquire();
          assertEquals(Thread.currentThread().getName(), lock.snapshot());
          lock.release(old);
        });
  }
}
