package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SpinLockContentionTest {
  private static final int THREADS = 5;
  private static final int ROUNDS = 20_000;

  private int counter;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void oneThreadAtATimeOwnsTheLock(int processors) {
    onProcessors(
        processors,
        machine -> {
          KSpinLock lock = new KSpinLock("L");
          for (int i = 0; i < THREADS; i++) {
            machine.startThread("T" + i, () -> count(lock));
          }
        });
    assertEquals(THREADS * ROUNDS, counter);
  }

  private void count(KSpinLock lock) {
    for (int round = 0; round < ROUNDS; round++) {
      Irql old = lock.acquire();
      counter++;
      lock.release(old);
    }
  }

  @Test
  void oneThreadAtATimeOwnsTheLockHoweverItIsTaken() {
    onProcessors(
        2,
        machine -> {
          KSpinLock lock = new KSpinLock("L");
          machine.startThread("acquires", () -> count(lock));
          machine.startThread("at DPC level", () -> atDispatch(() -> countAtDpcLevel(lock)));
          machine.startThread("tries", () -> atDispatch(() -> countTrying(lock)));
        });
    assertEquals(3 * ROUNDS, counter);
  }

  private static void atDispatch(Runnable body) {
    Irql old = Ke.raiseIrqlToDpcLevel();
    body.run();
    Ke.lowerIrql(old);
  }

  private void countAtDpcLevel(KSpinLock lock) {
    for (int round = 0; round < ROUNDS; round++) {
      lock.acquireAtDpcLevel();
      counter++;
      lock.releaseFromDpcLevel();
    }
  }

  private void countTrying(KSpinLock lock) {
    for (int round = 0; round < ROUNDS; round++) {
      while (!lock.tryToAcquireAtDpcLevel()) {
        Thread.onSpinWait();
      }
      counter++;
      lock.releaseFromDpcLevel();
    }
  }

  @Test
  void noiseChangesNothing() {
    int rounds = 300;
    onMachine(
        Machine.live().processors(2).noise(42),
        machine -> {
          KSpinLock lock = new KSpinLock("L");
          for (int i = 0; i < 3; i++) {
            machine.startThread(
                "T" + i,
                () -> {
                  for (int round = 0; round < rounds; round++) {
                    Irql old = lock.acquire();
                    counter++;
                    lock.release(old);
                  }
                });
          }
        });
    assertEquals(3 * rounds, counter);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4})
  void aCircleOfSpinnersIsADeadlock(int members) {
    BugCheck stop =
        stopsWith(
            Rule.DEADLOCK,
            Machine.live().processors(members + 1),
            machine -> {
              KSpinLock[] locks = new KSpinLock[members];
              KEvent[] has = new KEvent[members];
              for (int i = 0; i < members; i++) {
                locks[i] = new KSpinLock("L" + i);
                has[i] = new KEvent("T" + i + " has L" + i, KEvent.Type.NOTIFICATION_EVENT, false);
              }
              for (int i = 0; i < members; i++) {
                int mine = i;
                int next = (i + 1) % members;
                machine.startThread(
                    "T" + i,
                    () -> {
                      locks[mine].acquire();
                      has[mine].set();
                      while (!has[next].waitForSingleObject(0)) {
                        Thread.onSpinWait();
                      }
                      locks[next].acquire();
                    });
              }
            });
    for (int i = 0; i < members; i++) {
      String edge = "T" + i + " waits for L" + (i + 1) % members + " held by T" + (i + 1) % members;
      assertTrue(stop.explanation().contains(edge), stop.explanation());
    }
    assertEquals(0x1001, stop.parameters().get(0));
  }

  @Test
  void aLongSpinIsNoDeadlock() {
    onProcessors(
        3,
        machine -> {
          KSpinLock one = new KSpinLock("one");
          KSpinLock two = new KSpinLock("two");
          KEvent held = new KEvent("held", KEvent.Type.NOTIFICATION_EVENT, false);
          machine.startThread(
              "slow owner",
              () -> {
                Irql old = one.acquire();
                held.set();
                long end = System.nanoTime() + 50_000_000;
                while (System.nanoTime() < end) {
                  Thread.onSpinWait();
                }
                one.release(old);
              });
          held.waitForSingleObject();
          machine.startThread("waits for both", () -> two.release(holding(one, two)));
          Irql old = one.acquire();
          one.release(old);
        });
  }

  private static Irql holding(KSpinLock one, KSpinLock two) {
    Irql old = two.acquire();
    one.acquire();
    one.release(Irql.DISPATCH_LEVEL);
    return old;
  }

  @Test
  void whoHasToSpinIsCounted() {
    KSpinLock lock = new KSpinLock("L");
    onProcessors(
        2,
        machine -> {
          machine.startThread("one", () -> acquireUntilContended(lock));
          machine.startThread("other", () -> acquireUntilContended(lock));
        });
    assertTrue(lock.contentions() > 0);
  }

  private static void acquireUntilContended(KSpinLock lock) {
    while (lock.contentions() == 0) {
      Irql old = lock.acquire();
      for (int i = 0; i < 1_000; i++) {
        Thread.onSpinWait();
      }
      lock.release(old);
    }
  }

  @Test
  void whoFindsTheLockFreeIsNotCounted() {
    KSpinLock lock = new KSpinLock("L");
    onProcessors(1, machine -> machine.startThread("alone", () -> count(lock)));
    assertEquals(ROUNDS, counter);
    assertEquals(0, lock.contentions());
  }

  @Test
  @Statement(153)
  void theOldIrqlIsNotToldBeforeTheLockIsOwned() {
    onProcessors(
        2,
        machine -> {
          KSpinLock lock = new KSpinLock("L");
          AtomicReference<Irql> told = new AtomicReference<>();
          KEvent spins = new KEvent("spins", KEvent.Type.NOTIFICATION_EVENT, false);
          Irql old = lock.acquire();
          machine.startThread(
              "waiter",
              () -> {
                spins.set();
                told.set(lock.acquire());
                lock.release(told.get());
              });
          while (!spins.readState()) {
            Thread.onSpinWait();
          }
          for (int looks = 0; looks < 10_000; looks++) {
            assertEquals(null, told.get());
          }
          lock.release(old);
          while (told.get() == null) {
            spins.readState();
          }
          assertEquals(Irql.PASSIVE_LEVEL, told.get());
        });
  }

  @Test
  void isHeldForAtMostTwentyFiveMicroseconds() {
    onMachine(
        machine -> {
          KSpinLock lock = new KSpinLock("L");
          for (int i = 0; i < 3; i++) {
            Irql old = lock.acquire();
            Ke.stallExecutionProcessor(20);
            lock.release(old);
          }
          Ke.stallExecutionProcessor(100);
        });
    BugCheck stalled =
        stopsWith(
            Rule.SPIN_LOCK_HELD_TOO_LONG,
            machine -> {
              new KSpinLock("L").acquire();
              Ke.stallExecutionProcessor(20);
              Ke.stallExecutionProcessor(6);
            });
    assertEquals(
        "KeStallExecutionProcessor for 26 us in all with L held; a spin lock is held for at most 25 us",
        stalled.explanation());
    stopsWith(
        Rule.SPIN_LOCK_HELD_TOO_LONG,
        Machine.live().spinLockLimit(Duration.ofMillis(2)),
        machine -> {
          KSpinLock lock = new KSpinLock("L");
          Irql old = lock.acquire();
          long end = System.nanoTime() + 5_000_000;
          while (System.nanoTime() < end) {
            Thread.onSpinWait();
          }
          lock.release(old);
        });
  }
}
