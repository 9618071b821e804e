package org.cancelsafe.hunter.machine;

import static org.cancelsafe.hunter.machine.Hunts.assertFinds;
import static org.cancelsafe.hunter.machine.Hunts.assertLeavesOut;
import static org.cancelsafe.hunter.machine.Hunts.assertSafe;

import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.io.IoRemoveLock;
import org.cancelsafe.emu.ke.DispatcherObject;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KMutex;
import org.cancelsafe.emu.ke.KProcessorMode;
import org.cancelsafe.emu.ke.KSemaphore;
import org.cancelsafe.emu.ke.KStatus;
import org.cancelsafe.emu.ke.KThread;
import org.cancelsafe.emu.ke.KWaitReason;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.ke.WaitType;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.hunter.scenario.Scenario;
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
  void whoWaitedForAThreadsEndFindsItsMutexAbandoned() {
    assertSafe(
        2,
        machine -> {
          KMutex mutex = KMutex.ofUserMode("mutex");
          KThread thread = KThread.createSystemThread(machine, "Thread", mutex::waitForSingleObject);
          machine.startThread(
              "Waiter",
              () -> {
                thread.waitForSingleObject();
                if (mutex.readState() != 1) {
                  throw new AssertionError("the mutex of a thread that is gone is not free");
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

  /** Two threads wait for a synchronization event, which is set twice. */
  private static Scenario.Model twoSetsForTwo(boolean onlyWhenBothWait) {
    return machine -> {
      KEvent event = new KEvent("event", KEvent.Type.SYNCHRONIZATION_EVENT, false);
      for (int i = 0; i < 2; i++) {
        machine.startThread("Waiter" + i, event::waitForSingleObject);
      }
      machine.startThread(
          "Setter",
          () -> {
            event.set();
            if (onlyWhenBothWait) {
              while (event.readState()) {
                Ke.delayExecutionThread(1);
              }
            }
            event.set();
          });
    };
  }

  @Test
  void twoSetsLetTwoThroughOnlyIfTheFirstFoundAWaiter() {
    assertFinds("Deadlock", 2, twoSetsForTwo(false));
    assertLeavesOut(2, twoSetsForTwo(true));
  }

  @Test
  void whoWaitsAlreadyIsHandedTheEventAndItIsNotSignaledThen() {
    assertSafe(
        2,
        machine -> {
          KEvent event = new KEvent("event", KEvent.Type.SYNCHRONIZATION_EVENT, false);
          KEvent done = new KEvent("done", KEvent.Type.NOTIFICATION_EVENT, false);
          machine.startThread(
              "Waiter",
              () -> {
                event.waitForSingleObject();
                done.set();
              });
          machine.startThread(
              "Setter",
              () -> {
                event.set();
                done.waitForSingleObject();
                check(!event.readState(), "still signaled");
              });
        });
  }

  @Test
  void aWaitForAllTakesNothingBeforeItCanTakeAll() {
    assertSafe(
        2,
        machine -> {
          KEvent one = new KEvent("one", KEvent.Type.SYNCHRONIZATION_EVENT, true);
          KEvent two = new KEvent("two", KEvent.Type.SYNCHRONIZATION_EVENT, false);
          machine.startThread("All", () -> several(WaitType.WAIT_ALL, one, two));
          machine.startThread(
              "One",
              () -> {
                one.waitForSingleObject();
                one.set();
                two.set();
              });
        });
  }

  private static KStatus several(WaitType type, DispatcherObject... objects) {
    return Ke.waitForMultipleObjects(
        List.of(objects), type, KWaitReason.EXECUTIVE, KProcessorMode.KERNEL_MODE, false, null);
  }

  @Test
  void aWaitForAnyTakesOne() {
    assertSafe(
        2,
        machine -> {
          KEvent one = new KEvent("one", KEvent.Type.SYNCHRONIZATION_EVENT, false);
          KEvent two = new KEvent("two", KEvent.Type.SYNCHRONIZATION_EVENT, false);
          InterlockedLong left = new InterlockedLong("left", 2);
          machine.startThread("One", one::set);
          machine.startThread("Two", two::set);
          machine.startThread(
              "Any",
              () -> {
                several(WaitType.WAIT_ANY, one, two);
                left.decrement();
              });
          machine.afterwards(
              () -> {
                boolean oneLeft = one.waitForSingleObject(0);
                boolean twoLeft = two.waitForSingleObject(0);
                check(left.read() == 1 && oneLeft != twoLeft, "took both or none");
              });
        });
  }

  @Test
  void aMutexOrdersWhatItsOwnersDo() {
    assertSafe(
        2,
        machine -> {
          KMutex mutex = new KMutex("mutex");
          Shared<Integer> count = new Shared<>("count", 0);
          for (int i = 0; i < 2; i++) {
            machine.startThread(
                "T" + i,
                () -> {
                  mutex.waitForSingleObject();
                  mutex.waitForSingleObject();
                  count.set(count.get() + 1);
                  mutex.release();
                  mutex.release();
                });
          }
          machine.afterwards(() -> check(count.get() == 2, "lost an update"));
        });
  }

  @Test
  void twoMutexesTakenInTwoOrdersDeadlock() {
    assertFinds(
        "Deadlock",
        2,
        machine -> {
          KMutex one = new KMutex("one");
          KMutex two = new KMutex("two");
          machine.startThread("A", () -> both(one, two));
          machine.startThread("B", () -> both(two, one));
        });
  }

  private static void both(KMutex first, KMutex second) {
    first.waitForSingleObject();
    second.waitForSingleObject();
    second.release();
    first.release();
  }

  @Test
  void anAbandonedMutexIsSaidToBe() {
    assertSafe(
        2,
        machine -> {
          KMutex mutex = KMutex.ofUserMode("mutex");
          machine.startThread("Forgets", mutex::waitForSingleObject);
          machine.startThread(
              "Next",
              () -> {
                KStatus status =
                    mutex.waitForSingleObject(KWaitReason.EXECUTIVE, KProcessorMode.KERNEL_MODE, false, null);
                check(status.isSuccess(), "not acquired");
                mutex.release();
              });
        });
  }

  @Test
  void anAlertComesBeforeOrDuringTheWaitAndEndsIt() {
    assertSafe(
        2,
        machine -> {
          KEvent never = new KEvent("never", KEvent.Type.SYNCHRONIZATION_EVENT, false);
          KThread thread =
              KThread.createSystemThread(
                  machine,
                  "Thread",
                  () ->
                      check(
                          never.waitForSingleObject(KWaitReason.EXECUTIVE, KProcessorMode.KERNEL_MODE, true, null)
                              .equals(KStatus.STATUS_ALERTED),
                          "not alerted"));
          machine.startThread(
              "Alerter",
              () -> {
                thread.alert();
                thread.waitForSingleObject();
              });
        });
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  /** What a thread did before it made another one, that one knows; what it does afterwards, it does not. */
  @Test
  void aThreadComesAfterWhatItsMakerDidBefore() {
    assertSafe(2, machine -> madeAround(machine, true));
    assertFinds("DataRace", 2, machine -> madeAround(machine, false));
  }

  private static void madeAround(Machine machine, boolean writesBefore) {
    Shared<Integer> state = new Shared<>("state", 0);
    machine.startThread(
        "Maker",
        () -> {
          if (writesBefore) {
            state.set(1);
          }
          KThread.createSystemThread(machine, "Made", state::get);
          if (!writesBefore) {
            state.set(1);
          }
        });
  }

  /** Whoever has waited for all of them comes after whoever set any of them. */
  @Test
  void whoWaitedForAllComesAfterEach() {
    assertSafe(
        2,
        machine -> {
          List<KEvent> events = new ArrayList<>();
          List<Shared<Integer>> states = new ArrayList<>();
          for (int i = 0; i < 2; i++) {
            KEvent event = new KEvent("event" + i, KEvent.Type.NOTIFICATION_EVENT, false);
            Shared<Integer> state = new Shared<>("state" + i, 0);
            events.add(event);
            states.add(state);
            machine.startThread(
                "Setter" + i,
                () -> {
                  state.set(1);
                  event.set();
                });
          }
          machine.startThread(
              "Waiter",
              () -> {
                Ke.waitForMultipleObjects(events, WaitType.WAIT_ALL);
                states.forEach(Shared::get);
              });
        });
  }
}
