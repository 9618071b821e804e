package org.cancelsafe.hunter.machine;

import static org.cancelsafe.hunter.machine.Hunts.assertFinds;
import static org.cancelsafe.hunter.machine.Hunts.assertLeavesOut;
import static org.cancelsafe.hunter.machine.Hunts.assertSafe;

import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KInterrupt;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** What a processor and its IRQL mask on an explored machine, and what they do not. */
class ProcessorsTest {
  private static final long SOON = 10;

  private static void throughAnUnfinishedState(InterlockedLong state) {
    Irql old = Ke.raiseIrqlToDpcLevel();
    state.write(1);
    state.write(2);
    Ke.lowerIrql(old);
  }

  private static void assertFinished(InterlockedLong state) {
    long seen = state.read();
    if (seen == 1) {
      throw new AssertionError("saw the unfinished state");
    }
  }

  private static Scenario.Model twoThreadsAtDispatchLevel() {
    return machine -> {
      InterlockedLong state = new InterlockedLong("state", 0);
      machine.startThread("Writer", () -> throughAnUnfinishedState(state));
      machine.startThread(
          "Reader",
          () -> {
            Irql old = Ke.raiseIrqlToDpcLevel();
            assertFinished(state);
            Ke.lowerIrql(old);
          });
    };
  }

  @Test
  void dispatchLevelOwnsTheOnlyProcessor() {
    assertSafe(1, twoThreadsAtDispatchLevel());
  }

  @Test
  void dispatchLevelMasksNobodyOnAnotherProcessor() {
    assertFinds("AssertionFailed", 2, twoThreadsAtDispatchLevel());
  }

  private static Scenario.Model timerAgainstDispatchLevel() {
    return machine -> {
      InterlockedLong state = new InterlockedLong("state", 0);
      KDpc dpc = new KDpc("Dpc", (self, context, one, two) -> assertFinished(state), null);
      new KTimer("Timer").set(SOON, dpc);
      machine.startThread("Writer", () -> throughAnUnfinishedState(state));
    };
  }

  @Test
  void timerDpcWaitsForTheOnlyProcessor() {
    assertSafe(1, timerAgainstDispatchLevel());
  }

  @Test
  void timerDpcRunsBesideAThreadAtDispatchLevelOnAnotherProcessor() {
    assertFinds("AssertionFailed", 2, timerAgainstDispatchLevel());
    assertFinds("AssertionFailed", 4, timerAgainstDispatchLevel());
  }

  private static Scenario.Model timerSetAtDispatchLevel() {
    return machine -> {
      Shared<Integer> state = new Shared<>("state", 0);
      KDpc dpc = new KDpc("Dpc", (self, context, one, two) -> state.get(), null);
      KTimer timer = new KTimer("Timer");
      machine.startThread(
          "Setter",
          () -> {
            Irql old = Ke.raiseIrqlToDpcLevel();
            timer.set(SOON, dpc);
            state.set(1);
            Ke.lowerIrql(old);
          });
    };
  }

  @Test
  void timerMayExpireOnAnotherProcessorThanTheOneThatSetIt() {
    assertSafe(1, timerSetAtDispatchLevel());
    assertFinds("DataRace", 2, timerSetAtDispatchLevel());
  }

  private static Scenario.Model dpcQueuedBeforeRaising() {
    return machine -> {
      InterlockedLong state = new InterlockedLong("state", 0);
      KDpc dpc = new KDpc("Dpc", (self, context, one, two) -> assertFinished(state), null);
      machine.startThread("Queuer", () -> dpc.insertQueue(null, null));
      machine.startThread("Writer", () -> throughAnUnfinishedState(state));
    };
  }

  @Test
  void dpcQueuedAtPassiveLevelRunsOnWhateverProcessorThatWas() {
    assertSafe(1, dpcQueuedBeforeRaising());
    assertFinds("AssertionFailed", 2, dpcQueuedBeforeRaising());
  }

  @Test
  void dpcQueuedAtDispatchLevelWaitsUntilThisProcessorIsLowered() {
    Scenario.Model model =
        machine -> {
          Shared<Integer> state = new Shared<>("state", 0);
          KDpc dpc =
              new KDpc(
                  "Dpc",
                  (self, context, one, two) -> {
                    if (state.get() != 2) {
                      throw new AssertionError("ran too early");
                    }
                  },
                  null);
          machine.startThread(
              "Queuer",
              () -> {
                Irql old = Ke.raiseIrqlToDpcLevel();
                dpc.insertQueue(null, null);
                state.set(1);
                new InterlockedLong("other", 0).increment();
                state.set(2);
                Ke.lowerIrql(old);
              });
        };
    assertSafe(1, model);
    assertSafe(2, model);
  }

  @Test
  void dpcInterruptsAThreadBelowDispatchLevelAlsoOnOneProcessor() {
    Scenario.Model model =
        machine -> {
          InterlockedLong state = new InterlockedLong("state", 0);
          KDpc dpc = new KDpc("Dpc", (self, context, one, two) -> assertFinished(state), null);
          new KTimer("Timer").set(SOON, dpc);
          machine.startThread(
              "Writer",
              () -> {
                state.write(1);
                state.write(2);
              });
        };
    assertFinds("AssertionFailed", 1, model);
  }

  private static Scenario.Model queuedThenLookedFor(KDpc.Importance importance, Irql level) {
    return machine -> {
      InterlockedLong state = new InterlockedLong("state", 0);
      KDpc dpc = new KDpc("Dpc", (self, context, one, two) -> state.write(1), null);
      dpc.setImportance(importance);
      machine.startThread(
          "Queuer",
          () -> {
            Irql old = Ke.raiseIrql(level);
            dpc.insertQueue(null, null);
            Ke.lowerIrql(old);
            if (state.read() == 0) {
              throw new AssertionError("not run yet");
            }
          });
    };
  }

  @Test
  void dpcRunsBeforeItsQueuerGoesOnBelowDispatchLevel() {
    for (int processors : new int[] {1, 2}) {
      for (Irql level : new Irql[] {Irql.PASSIVE_LEVEL, Irql.DISPATCH_LEVEL}) {
        assertSafe(processors, queuedThenLookedFor(KDpc.Importance.MEDIUM_IMPORTANCE, level));
        assertSafe(processors, queuedThenLookedFor(KDpc.Importance.HIGH_IMPORTANCE, level));
        assertFinds("AssertionFailed", processors, queuedThenLookedFor(KDpc.Importance.LOW_IMPORTANCE, level));
      }
    }
  }

  @Test
  void dpcForAnotherProcessorRunsSomeTime() {
    Scenario.Model model =
        machine -> {
          InterlockedLong state = new InterlockedLong("state", 0);
          KDpc dpc = new KDpc("Dpc", (self, context, one, two) -> state.write(1), null);
          dpc.setTargetProcessor(1);
          machine.startThread(
              "Queuer",
              () -> {
                Irql old = Ke.raiseIrqlToDpcLevel();
                dpc.insertQueue(null, null);
                Ke.lowerIrql(old);
                if (state.read() == 0) {
                  throw new AssertionError("not run yet");
                }
              });
        };
    assertSafe(1, model);
    assertFinds("AssertionFailed", 2, model);
  }

  @Test
  void onTheOnlyProcessorADpcRunsBeforeAnyThreadGoesOn() {
    Scenario.Model model =
        machine -> {
          InterlockedLong queued = new InterlockedLong("queued", 0);
          InterlockedLong ran = new InterlockedLong("ran", 0);
          KDpc dpc = new KDpc("Dpc", (self, context, one, two) -> ran.write(1), null);
          machine.startThread(
              "Queuer",
              () -> {
                Irql old = Ke.raiseIrqlToDpcLevel();
                dpc.insertQueue(null, null);
                queued.write(1);
                Ke.lowerIrql(old);
              });
          machine.startThread(
              "Other",
              () -> {
                if (queued.read() == 1 && ran.read() == 0) {
                  throw new AssertionError("a thread went on before the DPC");
                }
              });
        };
    assertSafe(1, model);
    assertFinds("AssertionFailed", 2, model);
  }

  @Test
  void whileADpcRunsNobodyElseDoesOnItsProcessor() {
    Scenario.Model model =
        machine -> {
          InterlockedLong state = new InterlockedLong("state", 0);
          KDpc dpc =
              new KDpc(
                  "Dpc",
                  (self, context, one, two) -> {
                    state.write(1);
                    state.write(2);
                  },
                  null);
          new KTimer("Timer").set(SOON, dpc);
          machine.startThread("Reader", () -> assertFinished(state));
        };
    assertSafe(1, model);
    assertFinds("AssertionFailed", 2, model);
  }

  private static Scenario.Model twoLocks() {
    return machine -> {
      Shared<Integer> count = new Shared<>("count", 0);
      for (String name : new String[] {"A", "B"}) {
        KSpinLock lock = new KSpinLock("lock" + name);
        machine.startThread(name, () -> increment(lock, count));
      }
    };
  }

  private static void increment(KSpinLock lock, Shared<Integer> count) {
    Irql old = lock.acquire();
    count.set(count.get() + 1);
    lock.release(old);
  }

  @Test
  void oneProcessorOrdersWhatHappensAtDispatchLevel() {
    assertSafe(1, twoLocks());
  }

  /** What a thread does after it has lowered is not what it did at DISPATCH_LEVEL. */
  @Test
  void oneProcessorDoesNotOrderWhatComesAfterwards() {
    assertFinds(
        "DataRace",
        1,
        machine -> {
          Shared<Integer> state = new Shared<>("state", 0);
          machine.startThread(
              "Writer",
              () -> {
                throughAnUnfinishedState(new InterlockedLong("own", 0));
                state.set(1);
              });
          machine.startThread(
              "Reader",
              () -> {
                Irql old = Ke.raiseIrqlToDpcLevel();
                state.get();
                Ke.lowerIrql(old);
              });
        });
  }

  @Test
  void havingHadTheSameProcessorOfSeveralOrdersNothing() {
    assertFinds("DataRace", 2, twoLocks());
    assertFinds("DataRace", 2, machine -> oneAfterTheOtherByChance(machine));
  }

  /** The two critical sections never overlap; that they do not is nobody's doing. */
  private static void oneAfterTheOtherByChance(Machine machine) {
    Shared<Integer> count = new Shared<>("count", 0);
    InterlockedLong turn = new InterlockedLong("turn", 0);
    KSpinLock lockA = new KSpinLock("lockA");
    KSpinLock lockB = new KSpinLock("lockB");
    machine.startThread(
        "A",
        () -> {
          if (turn.compareExchange(1, 0) == 0) {
            increment(lockA, count);
          }
        });
    machine.startThread("B", () -> increment(lockB, count));
  }

  @Test
  void lockHeldByAThreadCannotKeepADpcOfItsProcessorSpinning() {
    Scenario.Model model =
        machine -> {
          KSpinLock lock = new KSpinLock("lock");
          Shared<Integer> count = new Shared<>("count", 0);
          KDpc dpc =
              new KDpc(
                  "Dpc",
                  (self, context, one, two) -> {
                    lock.acquireAtDpcLevel();
                    count.set(count.get() + 1);
                    lock.releaseFromDpcLevel();
                  },
                  null);
          new KTimer("Timer").set(SOON, dpc);
          machine.startThread("Thread", () -> increment(lock, count));
        };
    assertSafe(1, model);
    assertSafe(2, model);
  }

  @Test
  void dpcMustNotWait() {
    assertFinds(
        "SwitchFromDpc",
        2,
        machine -> {
          KEvent event = new KEvent("event", KEvent.Type.NOTIFICATION_EVENT, true);
          KDpc dpc = new KDpc("Dpc", (self, context, one, two) -> event.waitForSingleObject(), null);
          machine.startThread("Queuer", () -> dpc.insertQueue(null, null));
        });
  }

  private static Scenario.Model aCounterForEachProcessor(boolean raised, boolean asked) {
    return machine -> {
      Shared<Integer>[] counters = countersOf(2);
      for (String name : new String[] {"A", "B", "C"}) {
        machine.startThread(
            name,
            () -> {
              Irql old = raised ? Ke.raiseIrqlToDpcLevel() : Irql.PASSIVE_LEVEL;
              Shared<Integer> mine = counters[asked ? Ke.getCurrentProcessorNumber() : 0];
              mine.set(mine.get() + 1);
              if (raised) {
                Ke.lowerIrql(old);
              }
            });
      }
      machine.afterwards(
          () -> {
            if (counters[0].get() + counters[1].get() != 3) {
              throw new AssertionError("lost an update");
            }
          });
    };
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Shared<Integer>[] countersOf(int processors) {
    Shared<Integer>[] counters = new Shared[processors];
    for (int i = 0; i < processors; i++) {
      counters[i] = new Shared<>("counter" + i, 0);
    }
    return counters;
  }

  @Test
  void dataOfItsProcessorIsSafeForWhoOwnsThatAndKnowsIt() {
    assertSafe(1, aCounterForEachProcessor(true, true));
    assertLeavesOut(2, aCounterForEachProcessor(true, true));
    assertFinds("DataRace", 2, aCounterForEachProcessor(true, false));
    assertFinds("DataRace", 2, aCounterForEachProcessor(false, true));
  }

  private static void onlyOn(int processor) {
    Ke.setSystemAffinityThread(1L << processor);
  }

  /** Where a thread is bound to the first processor, it matters that another one can take the interrupt. */
  @Test
  void anyProcessorWithNothingToDoTakesAnInterruptWhereTheyDiffer() {
    Scenario.Model model =
        machine -> {
          InterlockedLong state = new InterlockedLong("state", 0);
          KInterrupt interrupt =
              KInterrupt.named("nic")
                  .serviceRoutine(
                      (self, context) -> {
                        state.write(1);
                        state.write(2);
                        return true;
                      },
                      null)
                  .build();
          IoManager.of(machine).connectInterrupt(interrupt);
          machine.startHardware("Device", interrupt::assertInterrupt);
          machine.startThread(
              "Reader",
              () -> {
                onlyOn(0);
                assertFinished(state);
              });
        };
    assertSafe(1, model);
    assertFinds("AssertionFailed", 2, model);
  }

  /** A DPC of high importance is run at once; who is bound to its processor may have been there before. */
  @Test
  void dpcForTheProcessorOfABoundThreadMayComeAfterIt() {
    assertFinds(
        "AssertionFailed",
        2,
        machine -> {
          InterlockedLong state = new InterlockedLong("state", 0);
          KDpc dpc = new KDpc("Dpc", (self, context, one, two) -> state.write(2), null);
          dpc.setTargetProcessor(1);
          dpc.setImportance(KDpc.Importance.HIGH_IMPORTANCE);
          machine.startThread("Queuer", () -> dpc.insertQueue(null, null));
          machine.startThread(
              "Bound",
              () -> {
                onlyOn(1);
                if (state.read() == 0) {
                  throw new AssertionError("was there before the DPC");
                }
              });
        });
  }
}
