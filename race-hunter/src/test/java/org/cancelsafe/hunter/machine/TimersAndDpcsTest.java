package org.cancelsafe.hunter.machine;

import static org.cancelsafe.hunter.machine.Hunts.assertFinds;
import static org.cancelsafe.hunter.machine.Hunts.assertLeavesOut;
import static org.cancelsafe.hunter.machine.Hunts.assertSafe;

import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Timers and DPCs on an explored machine: what was called off does not happen, what was not does, once. */
class TimersAndDpcsTest {
  private static final long SOON = 10;
  private static final long VERY_LATE = 600_000_000L;

  private static KDpc counting(InterlockedLong runs) {
    return new KDpc("Dpc", (self, context, one, two) -> runs.increment(), null);
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void timerDpcRunsOnceUnlessCancelSaysTrue(int processors) {
    assertSafe(
        processors,
        machine -> {
          InterlockedLong runs = new InterlockedLong("runs", 0);
          InterlockedLong cancelled = new InterlockedLong("cancelled", 0);
          KTimer timer = new KTimer("Timer");
          timer.set(VERY_LATE, counting(runs));
          machine.startThread("Cancel", () -> cancelled.write(timer.cancel() ? 1 : 0));
          machine.afterwards(() -> check(runs.read() + cancelled.read() == 1, "neither or both"));
        });
  }

  @Test
  void cancelledTimerMayHaveExpiredWhileItsDpcHasNotRun() {
    assertFinds(
        "AssertionFailed",
        2,
        machine -> {
          InterlockedLong runs = new InterlockedLong("runs", 0);
          KTimer timer = new KTimer("Timer");
          timer.set(SOON, counting(runs));
          machine.startThread("Cancel", () -> check(timer.cancel() || runs.read() == 1, "FALSE, and not run"));
        });
  }

  @Test
  void settingATimerAgainCallsTheFirstSettingOff() {
    assertSafe(
        2,
        machine -> {
          InterlockedLong runs = new InterlockedLong("runs", 0);
          InterlockedLong expected = new InterlockedLong("expected", 2);
          KTimer timer = new KTimer("Timer");
          KDpc dpc = counting(runs);
          timer.set(SOON, dpc);
          machine.startThread(
              "Set",
              () -> {
                boolean wasSet = timer.set(SOON, dpc);
                if (wasSet) {
                  expected.decrement();
                }
              });
          // a setting that expires while the DPC of the one before is still queued adds no run
          machine.afterwards(
              () -> check(runs.read() >= 1 && runs.read() <= expected.read(), "runs " + runs.snapshot()));
        });
  }

  /** One that was taken out of its queue keeps none that are behind it from running. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void dpcRunsThoughTheOneBeforeItWasTakenOut(int processors) {
    assertSafe(
        processors,
        machine -> {
          InterlockedLong first = new InterlockedLong("first", 0);
          InterlockedLong second = new InterlockedLong("second", 0);
          KDpc dpc = counting(first);
          machine.startThread(
              "Queuer",
              () -> {
                Irql old = Ke.raiseIrqlToDpcLevel();
                dpc.insertQueue(null, null);
                counting(second).insertQueue(null, null);
                dpc.removeQueue();
                Ke.lowerIrql(old);
              });
          machine.afterwards(() -> check(first.read() == 0 && second.read() == 1, "not the second one alone"));
        });
  }

  /** On the only processor an expired timer's DPC has run before any thread can find out that it has expired. */
  @Test
  void onTheOnlyProcessorWhoeverSeesATimerExpiredComesAfterItsDpc() {
    Scenario.Model model =
        machine -> {
          InterlockedLong runs = new InterlockedLong("runs", 0);
          KTimer timer = new KTimer("Timer");
          timer.set(SOON, counting(runs));
          machine.startThread("Cancel", () -> check(timer.cancel() || runs.read() == 1, "FALSE, and not run"));
        };
    assertSafe(1, model);
    assertFinds("AssertionFailed", 2, model);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void dpcRunsUnlessItWasTakenOutOfTheQueue(int processors) {
    assertSafe(
        processors,
        machine -> {
          InterlockedLong runs = new InterlockedLong("runs", 0);
          InterlockedLong removed = new InterlockedLong("removed", 0);
          KDpc dpc = counting(runs);
          machine.startThread(
              "Queuer",
              () -> {
                check(dpc.insertQueue(null, null), "queued at first");
                removed.write(dpc.removeQueue() ? 1 : 0);
              });
          machine.afterwards(() -> check(runs.read() + removed.read() == 1, "neither or both"));
        });
  }

  @Test
  void queuedDpcIsNotQueuedTwice() {
    assertSafe(
        2,
        machine -> {
          InterlockedLong runs = new InterlockedLong("runs", 0);
          InterlockedLong queued = new InterlockedLong("queued", 0);
          KDpc dpc = counting(runs);
          for (String name : new String[] {"A", "B"}) {
            machine.startThread(
                name,
                () -> {
                  if (dpc.insertQueue(null, null)) {
                    queued.increment();
                  }
                });
          }
          machine.afterwards(() -> check(runs.read() == queued.read(), "as many runs as insertions"));
        });
  }

  @Test
  void dpcQueuedAgainWhileItRunsMayOverlapItselfOnAnotherProcessorOnly() {
    for (int processors : new int[] {1, 2}) {
      Scenario.Model model =
          machine -> {
            InterlockedLong inside = new InterlockedLong("inside", 0);
            KDpc dpc =
                new KDpc(
                    "Dpc",
                    (self, context, one, two) -> {
                      check(inside.increment() == 1, "overlaps itself");
                      inside.decrement();
                    },
                    null);
            for (String name : new String[] {"A", "B"}) {
              machine.startThread(name, () -> dpc.insertQueue(null, null));
            }
          };
      if (processors == 1) {
        assertSafe(processors, model);
      } else {
        assertFinds("AssertionFailed", processors, model);
      }
    }
  }

  @Test
  void threadWaitingForATimerGoesOnWhenItExpires() {
    assertSafe(
        1,
        machine -> {
          KTimer timer = new KTimer("Timer");
          machine.startThread(
              "Waiter",
              () -> {
                timer.set(SOON, null);
                timer.waitForSingleObject();
              });
        });
  }

  @Test
  void threadWaitingForACancelledTimerWaitsForEver() {
    assertFinds(
        "Deadlock",
        2,
        machine -> {
          KTimer timer = new KTimer("Timer");
          timer.set(SOON, null);
          machine.startThread("Waiter", timer::waitForSingleObject);
          machine.startThread("Cancel", timer::cancel);
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void flushReturnsWhenTheDpcsQueuedBeforeHaveRun(int processors) {
    assertSafe(
        processors,
        machine -> {
          Shared<Integer> extension = new Shared<>("extension", 1);
          KDpc dpc = new KDpc("Dpc", (self, context, one, two) -> check(extension.get() == 1, "freed"), null);
          dpc.setImportance(KDpc.Importance.LOW_IMPORTANCE);
          machine.startThread(
              "Remove",
              () -> {
                dpc.insertQueue(null, null);
                Ke.flushQueuedDpcs();
                extension.set(0);
              });
        });
  }

  @Test
  void withoutAFlushTheDpcMayStillRun() {
    assertFinds(
        "DataRace",
        2,
        machine -> {
          Shared<Integer> extension = new Shared<>("extension", 1);
          KDpc dpc = new KDpc("Dpc", (self, context, one, two) -> extension.get(), null);
          dpc.setImportance(KDpc.Importance.LOW_IMPORTANCE);
          machine.startThread(
              "Remove",
              () -> {
                dpc.insertQueue(null, null);
                extension.set(0);
              });
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aDpcOfHighImportanceGoesFirst(int processors) {
    assertSafe(
        processors,
        machine -> {
          InterlockedLong runs = new InterlockedLong("runs", 0);
          KDpc low = new KDpc("low", (self, context, one, two) -> check(runs.read() == 1, "first"), null);
          KDpc high = counting(runs);
          high.setImportance(KDpc.Importance.HIGH_IMPORTANCE);
          machine.startThread(
              "Queuer",
              () -> {
                Irql old = Ke.raiseIrqlToDpcLevel();
                low.insertQueue(null, null);
                high.insertQueue(null, null);
                Ke.lowerIrql(old);
              });
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aThreadedDpcIsInterruptedByAnOrdinaryOne(int processors) {
    assertFinds(
        "AssertionFailed",
        processors,
        machine -> {
          InterlockedLong state = new InterlockedLong("state", 0);
          KDpc threaded =
              KDpc.threaded(
                  "threaded",
                  (self, context, one, two) -> {
                    state.write(1);
                    state.write(2);
                  },
                  null);
          new KTimer("Timer")
              .set(SOON, new KDpc("Dpc", (self, context, one, two) -> check(state.read() != 1, "unfinished"), null));
          machine.startThread("Queuer", () -> threaded.insertQueue(null, null));
        });
  }

  @Test
  void whoeverFlushesComesAfterThreadedDpcsToo() {
    assertSafe(
        2,
        machine -> {
          Shared<Integer> state = new Shared<>("state", 0);
          KDpc threaded = KDpc.threaded("threaded", (self, context, one, two) -> state.set(1), null);
          machine.startThread(
              "Queuer",
              () -> {
                threaded.insertQueue(null, null);
                Ke.flushQueuedDpcs();
                state.get();
              });
        });
  }

  @Test
  void aPeriodicTimerExpiresTwiceOrUntilItIsCancelled() {
    assertLeavesOut(
        2,
        machine -> {
          InterlockedLong runs = new InterlockedLong("runs", 0);
          KTimer timer = new KTimer("Timer");
          timer.setEx(SOON, 10, counting(runs));
          machine.startThread("Cancel", () -> check(timer.cancel(), "a periodic timer is set until it is cancelled"));
          machine.afterwards(() -> check(runs.read() <= 2, "too often"));
        });
    assertFinds(
        "AssertionFailed",
        2,
        machine -> {
          InterlockedLong runs = new InterlockedLong("runs", 0);
          new KTimer("Timer").setEx(SOON, 10, counting(runs));
          machine.afterwards(() -> check(runs.read() < 2, "twice"));
        });
  }

  private static Scenario.Model rounds(int count) {
    return machine -> {
      InterlockedLong state = new InterlockedLong("state", 0);
      KDpc dpc =
          new KDpc(
              "Dpc",
              (self, context, one, two) -> {
                for (int i = 0; i < count; i++) {
                  state.increment();
                }
              },
              null);
      machine.startThread("Queuer", () -> dpc.insertQueue(null, null));
    };
  }

  @Test
  void theWatchdogCountsTheStepsOfADpc() {
    assertSafe(1, rounds(500));
    assertFinds("DpcWatchdog", 1, rounds(1_500));
  }
}
