package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class IoRemoveLockTest {
  private final IoRemoveLock lock = new IoRemoveLock("R");

  @Test
  void isTakenSeveralTimesUntilItIsClosed() {
    onMachine(
        machine -> {
          assertEquals(NtStatus.STATUS_SUCCESS, lock.acquire());
          assertEquals(NtStatus.STATUS_SUCCESS, lock.acquire());
          assertEquals("2", lock.snapshot());
          lock.release();
          lock.releaseAndWait();
          assertEquals("0 closed", lock.snapshot());
          assertEquals(NtStatus.STATUS_DELETE_PENDING, lock.acquire());
          assertEquals("0 closed", lock.snapshot());
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theCloserWaitsForTheLastHolder(int processors) {
    AtomicInteger inside = new AtomicInteger();
    onProcessors(
        processors,
        machine -> {
          KEvent acquired = new KEvent("acquired", KEvent.Type.SYNCHRONIZATION_EVENT, false);
          for (int i = 0; i < 3; i++) {
            machine.startThread(
                "holder" + i,
                () -> {
                  lock.acquire();
                  inside.incrementAndGet();
                  acquired.set();
                  Ke.delayExecutionThread(10_000);
                  inside.decrementAndGet();
                  lock.release();
                });
            acquired.waitForSingleObject();
          }
          lock.acquire();
          lock.releaseAndWait();
          assertEquals(0, inside.get());
        });
  }

  @Test
  void releasingWhatNobodyHolds() {
    BugCheck stop = stopsWith(Rule.REMOVE_LOCK, machine -> lock.release());
    assertEquals(0xD5, stop.parameters().get(0));
    assertEquals("R is released, and nobody holds it", stop.explanation());
    stopsWith(Rule.REMOVE_LOCK, machine -> new IoRemoveLock("S").releaseAndWait());
  }

  @Test
  void waitingAtDispatchLevel() {
    BugCheck stop =
        stopsWith(
            Rule.WAIT_AT_DISPATCH,
            machine -> {
              lock.acquire();
              Ke.raiseIrqlToDpcLevel();
              lock.releaseAndWait();
            });
    assertEquals("IoReleaseRemoveLockAndWait(R) at DISPATCH_LEVEL", stop.explanation());
  }

  @Test
  void aTagIsGivenAgain() {
    onMachine(
        machine -> {
          assertEquals(NtStatus.STATUS_SUCCESS, lock.acquire("a"));
          assertEquals(NtStatus.STATUS_SUCCESS, lock.acquire("a"));
          assertEquals(NtStatus.STATUS_SUCCESS, lock.acquire("b"));
          lock.release("a");
          lock.release("b");
          lock.releaseAndWait("a");
          assertEquals(NtStatus.STATUS_DELETE_PENDING, lock.acquire("c"));
        });
    BugCheck stop =
        stopsWith(
            Rule.REMOVE_LOCK,
            machine -> {
              IoRemoveLock own = new IoRemoveLock("O");
              own.acquire("a");
              own.acquire("b");
              own.release("a");
              own.release("a");
            });
    assertEquals("O is released with the tag a, with which nobody holds it", stop.explanation());
    BugCheck waiting =
        stopsWith(
            Rule.REMOVE_LOCK_WAIT_TAG,
            machine -> {
              IoRemoveLock own = new IoRemoveLock("O");
              own.acquire("a");
              own.releaseAndWait("b");
            });
    assertEquals(0xD6, waiting.parameters().get(0));
  }

  @Test
  void acquiringAboveDispatch() {
    stopsWith(
        Rule.IRQL_DISPATCH_LTE,
        machine -> {
          Ke.raiseIrql(Irql.DIRQL_3);
          lock.acquire();
        });
  }
}
