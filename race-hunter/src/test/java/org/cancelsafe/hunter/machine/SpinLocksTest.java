package org.cancelsafe.hunter.machine;

import static org.cancelsafe.hunter.machine.Hunts.assertFinds;
import static org.cancelsafe.hunter.machine.Hunts.assertSafe;

import org.cancelsafe.emu.ex.ExSpinLock;
import org.cancelsafe.emu.ke.KLockQueueHandle;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Shared;
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
}
