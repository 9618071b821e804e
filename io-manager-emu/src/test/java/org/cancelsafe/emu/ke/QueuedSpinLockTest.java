package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.machine.Irql.APC_LEVEL;
import static org.cancelsafe.emu.machine.Irql.DIRQL_3;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;
import static org.cancelsafe.emu.machine.Irql.PASSIVE_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.fidelity.Statement;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.emu.verifier.Verifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class QueuedSpinLockTest {
  private static final int ROUNDS = 20_000;

  private final KSpinLock lock = new KSpinLock("L");
  private final KLockQueueHandle handle = new KLockQueueHandle();
  private int counter;

  @Test
  @Statement(162)
  void theHandleKeepsTheIrqlThatReleaseRestores() {
    onMachine(
        machine -> {
          Ke.raiseIrql(APC_LEVEL);
          lock.acquireInStackQueued(handle);
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          assertEquals(APC_LEVEL, handle.oldIrql());
          assertTrue(lock.isOwnedByCaller());
          assertFalse(lock.test());
          handle.releaseInStackQueued();
          assertEquals(APC_LEVEL, Ke.getCurrentIrql());
          assertFalse(lock.isOwnedByCaller());
          assertTrue(lock.test());
          Ke.lowerIrql(PASSIVE_LEVEL);
        });
  }

  @Test
  void atDpcLevelLeavesTheIrqlAlone() {
    onMachine(
        machine -> {
          Irql old = Ke.raiseIrql(DIRQL_3);
          lock.acquireInStackQueuedAtDpcLevel(handle);
          assertEquals(DIRQL_3, Ke.getCurrentIrql());
          handle.releaseInStackQueuedFromDpcLevel();
          assertEquals(DIRQL_3, Ke.getCurrentIrql());
          Ke.lowerIrql(old);
        });
  }

  @Test
  @Statement(161)
  void isGrantedInTheOrderOfArrival() {
    int waiters = 5;
    List<Integer> granted = new ArrayList<>();
    onProcessors(
        waiters + 1,
        machine -> {
          lock.acquireInStackQueued(handle);
          KLockQueueHandle last = handle;
          for (int i = 0; i < waiters; i++) {
            int number = i;
            KLockQueueHandle mine = new KLockQueueHandle();
            machine.startThread(
                "T" + number,
                () -> {
                  lock.acquireInStackQueued(mine);
                  granted.add(number);
                  mine.releaseInStackQueued();
                });
            while (last.next() != mine) {
              Thread.onSpinWait();
            }
            last = mine;
          }
          handle.releaseInStackQueued();
        });
    assertEquals(List.of(0, 1, 2, 3, 4), granted);
  }

  @Test
  void excludesAndHandsOver() {
    onProcessors(
        3,
        machine -> {
          for (int i = 0; i < 4; i++) {
            machine.startThread("T" + i, this::count);
          }
        });
    assertEquals(4 * ROUNDS, counter);
  }

  private void count() {
    KLockQueueHandle mine = new KLockQueueHandle();
    for (int round = 0; round < ROUNDS; round++) {
      lock.acquireInStackQueued(mine);
      counter++;
      mine.releaseInStackQueued();
    }
  }

  private static BugCheck off(Rule rule, Runnable body) {
    return stopsWith(rule, Machine.live().verifier(Verifier.OFF), machine -> body.run());
  }

  @Test
  @Statement(163)
  void isNotMixedWithOrdinaryUse() {
    BugCheck acquired =
        stopsWith(
            Rule.ORDINARY_USE_OF_QUEUED_LOCK,
            machine -> {
              lock.acquireInStackQueued(handle);
              handle.releaseInStackQueued();
              lock.acquire();
            });
    assertEquals(0x1008, acquired.parameters().get(0));
    BugCheck queued =
        stopsWith(
            Rule.QUEUED_USE_OF_ORDINARY_LOCK,
            machine -> {
              KSpinLock other = new KSpinLock("M");
              machine.startThread(
                  "holder",
                  () -> {
                    other.acquire();
                    KLockQueueHandle mine = new KLockQueueHandle();
                    machine.startThread("queues", () -> other.acquireInStackQueued(mine));
                    while (!machine.isStopped()) {
                      Thread.onSpinWait();
                    }
                  });
            });
    assertEquals(0x1009, queued.parameters().get(0));
  }

  @Test
  @Statement(163)
  void isNotReleasedAsAnOrdinaryOne() {
    stopsWith(
        Rule.ORDINARY_USE_OF_QUEUED_LOCK,
        machine -> {
          lock.acquireInStackQueued(handle);
          lock.release(PASSIVE_LEVEL);
        });
    stopsWith(
        Rule.ORDINARY_USE_OF_QUEUED_LOCK,
        machine -> {
          KSpinLock other = new KSpinLock("M");
          Ke.raiseIrqlToDpcLevel();
          other.acquireInStackQueuedAtDpcLevel(new KLockQueueHandle());
          other.releaseFromDpcLevel();
        });
    off(
        Rule.SPIN_LOCK_NOT_OWNED,
        () -> {
          KSpinLock other = new KSpinLock("M");
          other.acquireInStackQueued(new KLockQueueHandle());
          other.release(PASSIVE_LEVEL);
        });
  }

  @Test
  void withoutTheVerifierMixedUseOneAfterTheOtherGoesUnnoticed() {
    onMachine(
        Machine.live().verifier(Verifier.OFF),
        machine -> {
          lock.acquireInStackQueued(handle);
          handle.releaseInStackQueued();
          lock.release(lock.acquire());
          lock.acquireInStackQueued(handle);
          handle.releaseInStackQueued();
        });
  }

  @Test
  void isNotAcquiredByItsOwner() {
    stopsWith(
        Rule.SPIN_LOCK_RECURSION,
        machine -> {
          lock.acquireInStackQueued(handle);
          lock.acquireInStackQueued(new KLockQueueHandle());
        });
  }

  @Test
  void aHandleServesOneAcquisition() {
    BugCheck twice =
        stopsWith(
            Rule.QUEUE_HANDLE_IN_USE,
            machine -> {
              lock.acquireInStackQueued(handle);
              new KSpinLock("M").acquireInStackQueued(handle);
            });
    assertEquals(List.of(0x40006), twice.parameters().subList(0, 1));
    BugCheck never =
        stopsWith(
            Rule.QUEUE_HANDLE_NOT_IN_USE,
            machine -> {
              Ke.raiseIrqlToDpcLevel();
              new KLockQueueHandle().releaseInStackQueued();
            });
    assertEquals(List.of(0x40007), never.parameters().subList(0, 1));
  }

  @Test
  void itsRoutinesHaveTheirIrql() {
    stopsWith(
        Rule.ACQUIRE_ABOVE_DISPATCH,
        machine -> {
          Ke.raiseIrql(DIRQL_3);
          lock.acquireInStackQueued(handle);
        });
    stopsWith(Rule.ACQUIRE_AT_DPC_BELOW_DISPATCH, machine -> lock.acquireInStackQueuedAtDpcLevel(handle));
    stopsWith(Rule.RELEASE_NOT_AT_DISPATCH, machine -> handle.releaseInStackQueued());
    stopsWith(Rule.RELEASE_FROM_DPC_BELOW_DISPATCH, machine -> handle.releaseInStackQueuedFromDpcLevel());
  }

  @Test
  void isReleasedByWhoAcquiredIt() {
    stopsWith(
        Rule.RELEASE_BY_OTHER,
        machine ->
            machine.startThread(
                "holder",
                () -> {
                  lock.acquireInStackQueued(handle);
                  machine.startThread(
                      "other",
                      () -> {
                        Ke.raiseIrqlToDpcLevel();
                        handle.releaseInStackQueued();
                      });
                  while (!machine.isStopped()) {
                    Thread.onSpinWait();
                  }
                }));
  }

  @Test
  @Statement(160)
  void testingALockTakesNothing() {
    onMachine(
        machine -> {
          assertTrue(lock.test());
          Irql old = lock.acquire();
          assertFalse(lock.test());
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          lock.release(old);
          assertTrue(lock.test());
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
        });
  }

  @Test
  @Statement(164)
  void isInitialisedOnceAndBeforeItIsUsed() {
    onMachine(
        machine -> {
          KSpinLock raw = KSpinLock.uninitialized("raw");
          raw.initialize();
          raw.release(raw.acquire());
        });
    BugCheck unused =
        stopsWith(Rule.SPIN_LOCK_NOT_INITIALIZED, machine -> KSpinLock.uninitialized("raw").acquire());
    assertEquals(0x1002, unused.parameters().get(0));
    stopsWith(
        Rule.SPIN_LOCK_NOT_INITIALIZED,
        machine -> KSpinLock.uninitialized("raw").acquireInStackQueued(new KLockQueueHandle()));
    BugCheck again = stopsWith(Rule.SPIN_LOCK_REINITIALIZED, machine -> new KSpinLock("L").initialize());
    assertEquals(0x1005, again.parameters().get(0));
  }

  @Test
  void withoutTheVerifierOneThatWasNeverInitialisedIsTakenAllTheSame() {
    onMachine(
        Machine.live().verifier(Verifier.OFF),
        machine -> {
          KSpinLock ordinary = KSpinLock.uninitialized("raw");
          ordinary.release(ordinary.acquire());
          KSpinLock queued = KSpinLock.uninitialized("raw");
          queued.acquireInStackQueued(handle);
          handle.releaseInStackQueued();
          assertTrue(queued.test());
        });
  }

  @Test
  @Statement(178)
  void forDpcRaisesOnlyFromBelow() {
    onMachine(
        machine -> {
          Irql old = lock.acquireForDpc();
          assertEquals(PASSIVE_LEVEL, old);
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          lock.releaseForDpc(old);
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
          Ke.raiseIrqlToDpcLevel();
          old = lock.acquireForDpc();
          assertEquals(DISPATCH_LEVEL, old);
          lock.releaseForDpc(old);
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          Ke.lowerIrql(PASSIVE_LEVEL);
          assertEquals(PASSIVE_LEVEL, lock.acquireRaiseToDpc());
          lock.release(PASSIVE_LEVEL);
        });
  }
}
