package org.cancelsafe.hunter.machine;

import static org.cancelsafe.hunter.machine.Hunts.assertFinds;
import static org.cancelsafe.hunter.machine.Hunts.assertSafe;

import org.cancelsafe.emu.ex.ExSpinLock;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ke.KLockQueueHandle;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queued and reader/writer spin locks on an explored machine. */
class SpinLocksTest {
  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aQueuedLockExcludes(int processors) {
    assertSafe(
        processors,
        machine -> {
          KSpinLock lock = new KSpinLock("lock");
          Shared<Integer> count = new Shared<>("count", 0);
          for (int i = 0; i < 3; i++) {
            KLockQueueHandle handle = new KLockQueueHandle();
            machine.startThread(
                "T" + i,
                () -> {
                  lock.acquireInStackQueued(handle);
                  count.set(count.get() + 1);
                  handle.releaseInStackQueued();
                });
          }
          machine.afterwards(() -> check(count.get() == 3, "lost an update"));
        });
  }

  @Test
  void aQueuedLockTakenInTwoOrdersDeadlocks() {
    assertFinds(
        "Deadlock",
        2,
        machine -> {
          KSpinLock a = new KSpinLock("a");
          KSpinLock b = new KSpinLock("b");
          machine.startThread("one", () -> both(a, b));
          machine.startThread("other", () -> both(b, a));
        });
  }

  /** What has not been done because of a deadlock is not what is wrong. */
  @Test
  void whoSpinsForEverIsNamedBeforeWhatIsMissing() {
    assertFinds(
        "Deadlock",
        2,
        machine -> {
          KSpinLock a = new KSpinLock("a");
          KSpinLock b = new KSpinLock("b");
          InterlockedLong done = new InterlockedLong("done", 0);
          machine.startThread("one", () -> bothAndDone(a, b, done));
          machine.startThread("other", () -> bothAndDone(b, a, done));
          machine.afterwards(() -> check(done.read() == 2, "not done"));
        });
  }

  private static void bothAndDone(KSpinLock first, KSpinLock second, InterlockedLong done) {
    both(first, second);
    done.increment();
  }

  private static void both(KSpinLock first, KSpinLock second) {
    KLockQueueHandle outer = new KLockQueueHandle();
    KLockQueueHandle inner = new KLockQueueHandle();
    first.acquireInStackQueued(outer);
    second.acquireInStackQueued(inner);
    inner.releaseInStackQueued();
    outer.releaseInStackQueued();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void writersExcludeAndReadersSee(int processors) {
    assertSafe(
        processors,
        machine -> {
          ExSpinLock lock = new ExSpinLock("lock");
          Shared<Integer> count = new Shared<>("count", 0);
          for (int i = 0; i < 2; i++) {
            machine.startThread(
                "writer" + i,
                () -> {
                  Irql old = lock.acquireExclusive();
                  count.set(count.get() + 1);
                  lock.releaseExclusive(old);
                });
          }
          machine.startThread(
              "reader",
              () -> {
                Irql old = lock.acquireShared();
                check(count.get() <= 2, "too many");
                lock.releaseShared(old);
              });
          machine.afterwards(() -> check(count.get() == 2, "lost an update"));
        });
  }

  @Test
  void readersOverlapAndDoNotOrderEachOther() {
    assertFinds(
        "DataRace",
        2,
        machine -> {
          ExSpinLock lock = new ExSpinLock("lock");
          Shared<Integer> count = new Shared<>("count", 0);
          for (int i = 0; i < 2; i++) {
            machine.startThread(
                "reader" + i,
                () -> {
                  Irql old = lock.acquireShared();
                  count.set(1);
                  lock.releaseShared(old);
                });
          }
        });
  }

  @Test
  void twoReadersWhoBothConvertByForceNeverBothSucceed() {
    assertSafe(
        2,
        machine -> {
          ExSpinLock lock = new ExSpinLock("lock");
          Shared<Integer> count = new Shared<>("count", 0);
          for (int i = 0; i < 2; i++) {
            machine.startThread("T" + i, () -> convert(lock, count));
          }
        });
  }

  private static void convert(ExSpinLock lock, Shared<Integer> count) {
    Irql old = lock.acquireShared();
    if (lock.tryConvertSharedExclusive()) {
      count.set(count.get() + 1);
      lock.releaseExclusive(old);
    } else {
      lock.releaseShared(old);
    }
  }

  private static Scenario.Model stepsUnderALock(int count) {
    return machine -> {
      KSpinLock lock = new KSpinLock("lock");
      InterlockedLong state = new InterlockedLong("state", 0);
      machine.startThread(
          "holder",
          () -> {
            Irql old = lock.acquire();
            for (int i = 0; i < count; i++) {
              state.increment();
            }
            lock.release(old);
          });
    };
  }

  @Test
  void aLockIsNotHeldForThousandsOfSteps() {
    assertSafe(1, stepsUnderALock(500));
    assertFinds("SpinLockHoldTime", 1, stepsUnderALock(1_500));
  }

  private static void steps(InterlockedLong counter, int count) {
    for (int step = 0; step < count; step++) {
      counter.increment();
    }
  }

  /** How long a thread is at DISPATCH_LEVEL, and how long it holds a lock, is counted from when it was last below. */
  @Test
  void manyStepsAtDispatchLevelCountFromTheLastTimeBelow() {
    assertSafe(
        1,
        machine -> {
          KSpinLock lock = new KSpinLock("lock");
          InterlockedLong counter = new InterlockedLong("counter", 0);
          machine.startThread(
              "Thread",
              () -> {
                for (int again = 0; again < 3; again++) {
                  Irql old = lock.acquire();
                  steps(counter, 600);
                  lock.release(old);
                }
              });
        });
    assertFinds(
        "DpcWatchdog",
        1,
        machine -> {
          KSpinLock lock = new KSpinLock("lock");
          InterlockedLong counter = new InterlockedLong("counter", 0);
          machine.startThread(
              "Thread",
              () -> {
                Irql old = lock.acquire();
                steps(counter, 600);
                lock.release(old);
                Irql before = Ke.raiseIrqlToDpcLevel();
                lock.acquireAtDpcLevel();
                steps(counter, 600);
                lock.releaseFromDpcLevel();
                steps(counter, 600);
                Ke.lowerIrql(before);
              });
        });
  }
}
