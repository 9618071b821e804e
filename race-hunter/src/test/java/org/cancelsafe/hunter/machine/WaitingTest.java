package org.cancelsafe.hunter.machine;

import static org.cancelsafe.hunter.machine.Hunts.assertFinds;
import static org.cancelsafe.hunter.machine.Hunts.assertSafe;

import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.io.IoRemoveLock;
import org.cancelsafe.emu.ke.KSemaphore;
import org.cancelsafe.emu.ke.KThread;
import org.cancelsafe.emu.machine.Shared;
import org.junit.jupiter.api.Test;

/** Semaphores, system threads and remove locks on an explored machine: whom they let through, and what they order. */
class WaitingTest {
  @Test
  void whatAThreadDidIsSeenByWhoWaitedForItsEnd() {
    assertSafe(
        2,
        machine -> {
          Shared<Integer> result = new Shared<>("result", 0);
          KThread thread = KThread.createSystemThread(machine, "Thread", () -> result.set(1));
          machine.startThread(
              "Waiter",
              () -> {
                thread.waitForSingleObject();
                if (result.get() != 1) {
                  throw new AssertionError("the thread has not ended");
                }
              });
        });
  }

  @Test
  void whoDoesNotWaitForAThreadsEndRacesWithIt() {
    assertFinds(
        "DataRace",
        2,
        machine -> {
          Shared<Integer> result = new Shared<>("result", 0);
          KThread.createSystemThread(machine, "Thread", () -> result.set(1));
          machine.startThread("Waiter", () -> result.set(2));
        });
  }

  @Test
  void systemThreadMayWaitForEverButWhoWaitsForItMayNot() {
    assertSafe(
        2,
        machine -> {
          KSemaphore never = new KSemaphore("never", 0, 1);
          KThread.createSystemThread(machine, "Thread", never::waitForSingleObject);
        });
    assertFinds(
        "Deadlock",
        2,
        machine -> {
          KSemaphore never = new KSemaphore("never", 0, 1);
          KThread thread = KThread.createSystemThread(machine, "Thread", never::waitForSingleObject);
          machine.startThread("Waiter", thread::waitForSingleObject);
        });
  }

  @Test
  void semaphoreLetsThroughAsManyAsWereReleased() {
    assertSafe(
        2,
        machine -> {
          KSemaphore semaphore = new KSemaphore("semaphore", 0, 5);
          InterlockedLong through = new InterlockedLong("through", 0);
          for (String name : new String[] {"A", "B"}) {
            KThread.createSystemThread(
                machine,
                name,
                () -> {
                  semaphore.waitForSingleObject();
                  through.increment();
                });
          }
          machine.startThread("Release", () -> semaphore.release(1));
          machine.afterwards(
              () -> {
                if (through.read() != 1) {
                  throw new AssertionError(through.read() + " were let through");
                }
              });
        });
  }

  @Test
  void semaphoreOrdersTheReleaserBeforeTheOneItLetsThrough() {
    assertSafe(
        2,
        machine -> {
          KSemaphore semaphore = new KSemaphore("semaphore", 0, 1);
          Shared<Integer> message = new Shared<>("message", 0);
          machine.startThread(
              "Send",
              () -> {
                message.set(1);
                semaphore.release(1);
              });
          machine.startThread(
              "Receive",
              () -> {
                semaphore.waitForSingleObject();
                message.get();
              });
        });
  }

  @Test
  void semaphoreReleasedBeyondItsLimitThrows() {
    assertFinds(
        "UnhandledException",
        2,
        machine -> {
          KSemaphore semaphore = new KSemaphore("semaphore", 0, 1);
          machine.startThread("A", () -> semaphore.release(1));
          machine.startThread("B", () -> semaphore.release(1));
        });
  }

  @Test
  void waitWithATimeoutMayEndEitherWay() {
    for (boolean signaled : new boolean[] {true, false}) {
      assertFinds(
          "AssertionFailed",
          2,
          machine -> {
            KSemaphore semaphore = new KSemaphore("semaphore", 0, 1);
            machine.startThread("Release", () -> semaphore.release(1));
            machine.startThread(
                "Wait",
                () -> {
                  if (semaphore.waitForSingleObject(100) == signaled) {
                    throw new AssertionError("ended so");
                  }
                });
          });
    }
  }

  @Test
  void removerWaitsForTheLastUser() {
    assertSafe(
        2,
        machine -> {
          IoRemoveLock lock = new IoRemoveLock("lock");
          Shared<Boolean> there = new Shared<>("there", true);
          machine.startThread(
              "User",
              () -> {
                if (lock.acquire().isSuccess()) {
                  if (!there.get()) {
                    throw new AssertionError("used after it was removed");
                  }
                  lock.release();
                }
              });
          machine.startThread(
              "Remover",
              () -> {
                lock.acquire();
                lock.releaseAndWait();
                there.set(false);
              });
        });
  }

  @Test
  void removerThatDoesNotWaitRacesWithTheUser() {
    assertFinds(
        "DataRace",
        2,
        machine -> {
          IoRemoveLock lock = new IoRemoveLock("lock");
          Shared<Boolean> there = new Shared<>("there", true);
          machine.startThread(
              "User",
              () -> {
                if (lock.acquire().isSuccess()) {
                  there.get();
                  lock.release();
                }
              });
          machine.startThread(
              "Remover",
              () -> {
                lock.acquire();
                lock.release();
                there.set(false);
              });
        });
  }

  @Test
  void removerWaitsForEverForAUserWhoForgets() {
    assertFinds(
        "Deadlock",
        2,
        machine -> {
          IoRemoveLock lock = new IoRemoveLock("lock");
          machine.startThread("User", lock::acquire);
          machine.startThread(
              "Remover",
              () -> {
                lock.acquire();
                lock.releaseAndWait();
              });
        });
  }
}
