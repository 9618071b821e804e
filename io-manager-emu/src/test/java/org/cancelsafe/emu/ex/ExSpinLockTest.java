package org.cancelsafe.emu.ex;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.machine.Irql.DIRQL_3;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;
import static org.cancelsafe.emu.machine.Irql.PASSIVE_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.fidelity.Statement;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.emu.verifier.Verifier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ExSpinLockTest {
  private static final int ROUNDS = 10_000;

  private final ExSpinLock lock = new ExSpinLock("L");
  private int counter;

  /** Runs a body on another processor and comes back when it is done. */
  private static void elsewhere(Machine machine, Runnable body) {
    AtomicInteger done = new AtomicInteger();
    machine.startThread(
        "elsewhere",
        () -> {
          body.run();
          done.set(1);
        });
    while (done.get() == 0 && !machine.isStopped()) {
      Thread.onSpinWait();
    }
  }

  @Test
  @Statement(169)
  void readersHoldItTogether() {
    onProcessors(
        3,
        machine -> {
          Irql old = lock.acquireShared();
          assertEquals(PASSIVE_LEVEL, old);
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          elsewhere(
              machine,
              () -> {
                Irql other = lock.acquireShared();
                assertEquals("2 reading", lock.snapshot());
                lock.releaseShared(other);
              });
          lock.releaseShared(old);
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
          assertEquals("-", lock.snapshot());
        });
  }

  @Test
  void writersExcludeEachOtherAndReaders() {
    onProcessors(
        3,
        machine -> {
          for (int i = 0; i < 3; i++) {
            machine.startThread("writer" + i, this::write);
          }
          machine.startThread("reader", this::read);
        });
    assertEquals(3 * ROUNDS, counter);
  }

  private void write() {
    for (int round = 0; round < ROUNDS; round++) {
      Irql old = lock.acquireExclusive();
      counter++;
      lock.releaseExclusive(old);
    }
  }

  private void read() {
    for (int round = 0; round < ROUNDS; round++) {
      Irql old = lock.acquireShared();
      int before = counter;
      Thread.onSpinWait();
      assertEquals(before, counter);
      lock.releaseShared(old);
    }
  }

  @Test
  @Statement({170, 173})
  void aWriterThatWaitsLetsNoNewReaderInAndNobodyConvert() {
    onProcessors(
        3,
        machine -> {
          KEvent written = new KEvent("written", KEvent.Type.NOTIFICATION_EVENT, false);
          Irql old = lock.acquireShared();
          machine.startThread(
              "writer",
              () -> {
                lock.releaseExclusive(lock.acquireExclusive());
                written.set();
              });
          while (!lock.snapshot().endsWith("+writer")) {
            Thread.onSpinWait();
          }
          assertFalse(lock.tryConvertSharedExclusive());
          elsewhere(
              machine,
              () -> {
                Irql dispatch = Ke.raiseIrqlToDpcLevel();
                assertFalse(lock.tryAcquireSharedAtDpcLevel());
                Ke.lowerIrql(dispatch);
              });
          lock.releaseShared(old);
          written.waitForSingleObject();
        });
  }

  @Test
  @Statement(172)
  void convertsOnlyForTheOnlyReader() {
    onProcessors(
        3,
        machine -> {
          Irql old = lock.acquireShared();
          assertTrue(lock.tryConvertSharedExclusive());
          assertEquals("written", lock.snapshot());
          lock.releaseExclusive(old);
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
          old = lock.acquireShared();
          elsewhere(
              machine,
              () -> {
                Irql other = lock.acquireShared();
                assertFalse(lock.tryConvertSharedExclusive());
                lock.releaseShared(other);
              });
          assertTrue(lock.tryConvertSharedExclusive());
          lock.releaseExclusive(old);
        });
  }

  @Test
  @Statement(171)
  void isNotTakenByWhoHoldsIt() {
    stopsWith(
        Rule.SPIN_LOCK_RECURSION,
        machine -> {
          lock.acquireShared();
          lock.acquireShared();
        });
    stopsWith(
        Rule.SPIN_LOCK_RECURSION,
        machine -> {
          ExSpinLock other = new ExSpinLock("M");
          other.acquireExclusive();
          other.acquireExclusive();
        });
  }

  @Test
  void atDpcLevelLeavesTheIrqlAlone() {
    onMachine(
        machine -> {
          Irql old = Ke.raiseIrql(DIRQL_3);
          lock.acquireSharedAtDpcLevel();
          lock.releaseSharedFromDpcLevel();
          lock.acquireExclusiveAtDpcLevel();
          assertFalse(lock.snapshot().contains("reading"));
          lock.releaseExclusiveFromDpcLevel();
          assertTrue(lock.tryAcquireExclusiveAtDpcLevel());
          lock.releaseExclusiveFromDpcLevel();
          assertEquals(DIRQL_3, Ke.getCurrentIrql());
          Ke.lowerIrql(old);
        });
  }

  @Test
  void itsRoutinesHaveTheirIrql() {
    stopsWith(
        Rule.ACQUIRE_ABOVE_DISPATCH,
        machine -> {
          Ke.raiseIrql(DIRQL_3);
          lock.acquireShared();
        });
    stopsWith(Rule.ACQUIRE_AT_DPC_BELOW_DISPATCH, machine -> lock.acquireExclusiveAtDpcLevel());
    stopsWith(
        Rule.RELEASE_NOT_AT_DISPATCH,
        machine -> {
          ExSpinLock other = new ExSpinLock("M");
          Ke.raiseIrql(DIRQL_3);
          other.acquireSharedAtDpcLevel();
          other.releaseShared(PASSIVE_LEVEL);
        });
    stopsWith(Rule.RELEASE_FROM_DPC_BELOW_DISPATCH, machine -> lock.releaseSharedFromDpcLevel());
    stopsWith(
        Rule.LOWER_TO_HIGHER,
        machine -> {
          ExSpinLock other = new ExSpinLock("M");
          other.acquireShared();
          other.releaseShared(DIRQL_3);
        });
    stopsWith(
        Rule.SPIN_LOCK_RECURSION,
        machine -> {
          ExSpinLock other = new ExSpinLock("M");
          Irql old = new ExSpinLock("N").acquireShared();
          other.acquireShared();
          other.releaseShared(old);
        });
  }

  @Test
  void isReleasedAsItWasTaken() {
    stopsWith(
        Rule.RELEASE_UNACQUIRED,
        machine -> {
          lock.acquireShared();
          lock.releaseExclusive(PASSIVE_LEVEL);
        });
    stopsWith(
        Rule.SPIN_LOCK_NOT_OWNED,
        Machine.live().verifier(Verifier.OFF),
        machine -> {
          Ke.raiseIrqlToDpcLevel();
          new ExSpinLock("M").releaseShared(PASSIVE_LEVEL);
        });
  }
}
