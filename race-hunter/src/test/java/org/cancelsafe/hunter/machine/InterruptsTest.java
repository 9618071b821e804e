package org.cancelsafe.hunter.machine;

import static org.cancelsafe.emu.machine.Irql.DIRQL_3;
import static org.cancelsafe.emu.machine.Irql.DIRQL_5;
import static org.cancelsafe.emu.machine.Irql.DIRQL_8;
import static org.cancelsafe.hunter.machine.Hunts.assertFinds;
import static org.cancelsafe.hunter.machine.Hunts.assertLeavesOut;
import static org.cancelsafe.hunter.machine.Hunts.assertSafe;

import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KInterrupt;
import org.cancelsafe.emu.ke.KServiceRoutine;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an interrupt interrupts on an explored machine, and what masks it. */
class InterruptsTest {
  private static KInterrupt connect(Machine machine, KInterrupt interrupt) {
    if (IoManager.of(machine).connectInterrupt(interrupt) != NtStatus.STATUS_SUCCESS) {
      throw new AssertionError("not connected");
    }
    return interrupt;
  }

  private static KInterrupt connect(Machine machine, String name, Irql irql, KServiceRoutine isr) {
    return connect(machine, KInterrupt.named(name).irql(irql).serviceRoutine(isr, null).build());
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  /** A thread at this level goes through an unfinished state; an interrupt at DIRQL_5 looks. */
  private static Scenario.Model unfinishedStateAt(Irql level) {
    return machine -> {
      InterlockedLong state = new InterlockedLong("state", 0);
      KInterrupt nic =
          connect(
              machine,
              "nic",
              DIRQL_5,
              (interrupt, context) -> {
                check(state.read() != 1, "saw the unfinished state");
                return true;
              });
      machine.startHardware("device", nic::assertInterrupt);
      machine.startThread(
          "Writer",
          () -> {
            Irql old = Ke.raiseIrql(level);
            state.write(1);
            state.write(2);
            Ke.lowerIrql(old);
          });
    };
  }

  @Test
  void interruptsAnythingBelowItsLevel() {
    assertFinds("AssertionFailed", 1, unfinishedStateAt(Irql.PASSIVE_LEVEL));
    assertFinds("AssertionFailed", 1, unfinishedStateAt(Irql.DISPATCH_LEVEL));
    assertFinds("AssertionFailed", 1, unfinishedStateAt(DIRQL_3));
  }

  @Test
  void isMaskedByItsLevelOnTheOnlyProcessor() {
    assertSafe(1, unfinishedStateAt(DIRQL_5));
    assertSafe(1, unfinishedStateAt(DIRQL_8));
    assertFinds("AssertionFailed", 2, unfinishedStateAt(DIRQL_8));
  }

  @Test
  void whatItInterruptedStandsStillUntilItHasReturned() {
    Scenario.Model model =
        machine -> {
          InterlockedLong state = new InterlockedLong("state", 0);
          KInterrupt nic =
              connect(
                  machine,
                  "nic",
                  DIRQL_5,
                  (interrupt, context) -> {
                    state.write(1);
                    state.write(2);
                    return true;
                  });
          machine.startHardware("device", nic::assertInterrupt);
          machine.startThread(
              "Reader",
              () -> {
                Irql old = Ke.raiseIrqlToDpcLevel();
                check(state.read() != 1, "saw the unfinished state");
                Ke.lowerIrql(old);
              });
          machine.startThread("PassiveReader", () -> check(state.read() != 1, "saw the unfinished state"));
        };
    assertSafe(1, model);
    assertFinds("AssertionFailed", 2, model);
  }

  private static void goThrough(InterlockedLong state) {
    Irql old = Ke.raiseIrqlToDpcLevel();
    state.write(1);
    state.write(2);
    Ke.lowerIrql(old);
  }

  /** Having been interrupted, a thread has its processor to itself again. */
  @Test
  void whatItInterruptedHasItsProcessorAgain() {
    Scenario.Model model =
        machine -> {
          InterlockedLong state = new InterlockedLong("state", 0);
          KInterrupt nic = connect(machine, "nic", DIRQL_5, (interrupt, context) -> true);
          machine.startHardware("device", nic::assertInterrupt);
          machine.startThread("Writer", () -> goThrough(state));
          machine.startThread("Reader", () -> check(state.read() != 1, "saw the unfinished state"));
        };
    assertSafe(1, model);
    assertFinds("AssertionFailed", 2, model);
  }

  private static void taken(Machine machine, String thread) {
    InterlockedLong own = new InterlockedLong(thread, 0);
    machine.startThread(
        thread,
        () -> {
          Irql old = Ke.raiseIrqlToDpcLevel();
          own.increment();
          Ke.lowerIrql(old);
        });
  }

  /** A DPC for any processor waits while all are taken: by two threads, or by one whose ISR has come and gone. */
  @Test
  void whenItReturnsItsProcessorIsNotFreeIfItWasNotBefore() {
    assertSafe(
        2,
        machine -> {
          new KTimer("Timer").set(1, new KDpc("Dpc", (self, context, one, two) -> {}, null));
          taken(machine, "A");
          taken(machine, "B");
        });
    Scenario.Model interrupted =
        machine -> {
          KInterrupt nic = connect(machine, "nic", DIRQL_5, (interrupt, context) -> true);
          taken(machine, "A");
          machine.startThread(
              "B",
              () -> {
                Irql old = Ke.raiseIrqlToDpcLevel();
                nic.assertInterrupt();
                new KTimer("Timer").set(1, new KDpc("Dpc", (self, context, one, two) -> {}, null));
                new InterlockedLong("own", 0).increment();
                Ke.lowerIrql(old);
              });
        };
    assertSafe(2, interrupted);
  }

  @Test
  void aLowerOneWaitsAndAHigherOneInterruptsTheRoutine() {
    assertFinds("AssertionFailed", 1, machine -> twoInterrupts(machine, DIRQL_3, DIRQL_5));
    assertSafe(1, machine -> twoInterrupts(machine, DIRQL_5, DIRQL_5));
    assertSafe(1, machine -> twoInterrupts(machine, DIRQL_5, DIRQL_3));
  }

  private static void twoInterrupts(Machine machine, Irql writer, Irql reader) {
    InterlockedLong state = new InterlockedLong("state", 0);
    KInterrupt one =
        connect(
            machine,
            "one",
            writer,
            (interrupt, context) -> {
              state.write(1);
              state.write(2);
              return true;
            });
    KInterrupt other =
        connect(
            machine,
            "other",
            reader,
            (interrupt, context) -> {
              check(state.read() != 1, "saw the unfinished state");
              return true;
            });
    machine.startHardware(
        "device",
        () -> {
          one.assertInterrupt();
          other.assertInterrupt();
        });
  }

  /** A spin lock used both by an ISR and by a thread at DISPATCH_LEVEL. */
  private static Scenario.Model executiveLockInIsr(long interruptedProcessors, long threadProcessors) {
    return machine -> {
      KSpinLock done = new KSpinLock("done");
      KInterrupt nic =
          connect(
              machine,
              KInterrupt.named("nic")
                  .irql(DIRQL_5)
                  .processorEnableMask(interruptedProcessors)
                  .serviceRoutine(
                      (interrupt, context) -> {
                        done.acquireAtDpcLevel();
                        done.releaseFromDpcLevel();
                        return true;
                      },
                      null)
                  .build());
      machine.startHardware("device", nic::assertInterrupt);
      machine.startThread(
          "worker",
          () -> {
            Ke.setSystemAffinityThread(threadProcessors);
            Irql old = done.acquire();
            done.release(old);
          });
    };
  }

  @Test
  void anIsrThatSpinsForALockOfWhatItInterruptedIsAPriorityInversion() {
    assertFinds("PriorityInversion", 1, executiveLockInIsr(-1, -1));
    assertFinds("PriorityInversion", 2, executiveLockInIsr(-1, -1));
    assertFinds("PriorityInversion", 2, executiveLockInIsr(0b01, 0b01));
  }

  @Test
  void anIsrOnAnotherProcessorWaitsForTheLockAndGetsIt() {
    assertSafe(2, executiveLockInIsr(0b10, 0b01));
    assertSafe(2, executiveLockInIsr(0b01, 0b10));
  }

  @Test
  void aThreadThatMayHaveAnyProcessorIsNotVerifiedAgainstAnInterruptOfOne() {
    assertLeavesOut(2, executiveLockInIsr(0b10, -1));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void theInterruptsOwnLockIsSafe(int processors) {
    assertSafe(
        processors,
        machine -> {
          Shared<Integer> count = new Shared<>("count", 0);
          KInterrupt nic = countingInterrupt(machine, count);
          machine.startHardware("device", nic::assertInterrupt);
          machine.startThread(
              "worker",
              () ->
                  nic.synchronizeExecution(
                      context -> {
                        count.set(count.get() + 1);
                        return true;
                      },
                      null));
          machine.afterwards(() -> check(count.get() == 2, "lost an update"));
        });
  }

  private static KInterrupt countingInterrupt(Machine machine, Shared<Integer> count) {
    return connect(
        machine,
        "nic",
        DIRQL_5,
        (interrupt, context) -> {
          count.set(count.get() + 1);
          return true;
        });
  }

  private static Scenario.Model sharedWithoutLock(Irql level) {
    return machine -> {
      Shared<Integer> count = new Shared<>("count", 0);
      KInterrupt nic = countingInterrupt(machine, count);
      machine.startHardware("device", nic::assertInterrupt);
      machine.startThread(
          "worker",
          () -> {
            Irql old = Ke.raiseIrql(level);
            count.set(count.get() + 1);
            Ke.lowerIrql(old);
          });
    };
  }

  @Test
  void onOneProcessorTheLevelOrdersAndALowerOneDoesNot() {
    assertSafe(1, sharedWithoutLock(DIRQL_5));
    assertFinds("DataRace", 1, sharedWithoutLock(DIRQL_3));
    assertFinds("DataRace", 1, sharedWithoutLock(Irql.DISPATCH_LEVEL));
    assertFinds("DataRace", 2, sharedWithoutLock(DIRQL_5));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void isrAndItsDpcHandOver(int processors) {
    assertSafe(
        processors,
        machine -> {
          Shared<Integer> status = new Shared<>("status", 0);
          KDpc dpc = new KDpc("dpcForIsr", (self, context, one, two) -> check(status.get() == 7, "stale"), null);
          KInterrupt nic =
              connect(
                  machine,
                  "nic",
                  DIRQL_5,
                  (interrupt, context) -> {
                    status.set(7);
                    return dpc.insertQueue(null, null);
                  });
          machine.startHardware("device", nic::assertInterrupt);
          machine.startThread("worker", () -> new InterlockedLong("other", 0).increment());
        });
  }

  @Test
  void onceDisconnectedTheRoutineIsNotRunning() {
    assertSafe(
        2,
        machine -> {
          Shared<Integer> extension = new Shared<>("extension", 1);
          KInterrupt nic =
              connect(
                  machine,
                  "nic",
                  DIRQL_5,
                  (interrupt, context) -> {
                    check(extension.get() == 1, "freed");
                    return true;
                  });
          machine.startHardware("device", nic::assertInterrupt);
          machine.startThread(
              "Remove",
              () -> {
                IoManager.of(machine).disconnectInterrupt(nic);
                extension.set(0);
              });
        });
  }

  /** A driver is started while its device interrupts already. */
  @Test
  void whatTheRoutineUsesIsThereBeforeItIsConnected() {
    assertSafe(2, machine -> start(machine, false));
    assertFinds("DataRace", 2, machine -> start(machine, true));
  }

  private static void start(Machine machine, boolean connectsFirst) {
    Shared<String> extension = new Shared<>("extension", "garbage");
    KInterrupt device =
        KInterrupt.named("device")
            .irql(Irql.DIRQL_5)
            .serviceRoutine((interrupt, context) -> extension.get() != null, null)
            .build();
    machine.startHardware("hardware", device::assertInterrupt);
    machine.startThread(
        "Start",
        () -> {
          if (!connectsFirst) {
            extension.set("set up");
          }
          device.connect();
          if (connectsFirst) {
            extension.set("set up");
          }
        });
  }
}
