package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.LiveRun.toRest;
import static org.cancelsafe.emu.machine.Irql.DIRQL_3;
import static org.cancelsafe.emu.machine.Irql.DIRQL_5;
import static org.cancelsafe.emu.machine.Irql.DIRQL_8;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;
import static org.cancelsafe.emu.machine.Irql.PASSIVE_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.ActivityKind;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Processor;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KInterruptTest extends InterruptFixture {
  @Test
  @Statement(205)
  void isServicedAtItsLevelWithItsLockHeld() {
    KSpinLock lock = new KSpinLock("L");
    onProcessors(
        1,
        machine -> {
          KInterrupt nic =
              connect(
                  machine,
                  KInterrupt.named("nic")
                      .irql(DIRQL_5)
                      .synchronizeIrql(DIRQL_8)
                      .spinLock(lock)
                      .serviceRoutine(
                          (interrupt, context) -> {
                            assertTrue(lock.isOwnedByCaller());
                            assertEquals(ActivityKind.ISR, Activity.current().kind());
                            return note(interrupt, context);
                          },
                          "nic")
                      .build());
          assertTrue(nic.assertInterrupt());
          assertEquals(List.of("nic at DIRQL_8"), ran);
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
          assertFalse(lock.isOwnedByCaller());
        });
  }

  @Test
  @Statement(184)
  void isMaskedByItsLevelAndAboveAndComesWhenThatIsLowered() {
    onProcessors(
        1,
        machine -> {
          KInterrupt nic = connect(machine, noting("nic", DIRQL_5));
          Irql old = Ke.raiseIrql(DIRQL_3);
          Ke.raiseIrql(DIRQL_5);
          Ke.raiseIrql(DIRQL_8);
          nic.assertInterrupt();
          Ke.lowerIrql(DIRQL_5);
          assertEquals(List.of(), ran);
          Ke.lowerIrql(DIRQL_3);
          assertEquals(List.of("nic at DIRQL_5"), ran);
          Ke.lowerIrql(old);
          assertEquals(1, ran.size());
        });
  }

  @Test
  @Statement(184)
  void masksOnlyOnItsOwnProcessor() {
    onProcessors(
        2,
        machine -> {
          KEvent serviced = new KEvent("serviced", KEvent.Type.NOTIFICATION_EVENT, false);
          KDpc dpc = new KDpc("dpc", (self, context, one, two) -> serviced.set(), null);
          KInterrupt nic =
              connect(
                  machine,
                  KInterrupt.named("nic")
                      .irql(DIRQL_5)
                      .serviceRoutine((interrupt, context) -> dpc.insertQueue(null, null), null)
                      .build());
          Irql old = Ke.raiseIrql(DIRQL_8);
          Processor mine = Activity.current().processor();
          Processor other = machine.processors().get(1 - mine.number());
          nic.assertInterrupt(other);
          while (!serviced.readState()) {
            Thread.onSpinWait();
          }
          Ke.lowerIrql(old);
        });
  }

  @Test
  void interruptsWhatSpinsForALock() {
    onProcessors(
        2,
        machine -> {
          KSpinLock lock = new KSpinLock("L");
          KEvent held = new KEvent("held", KEvent.Type.NOTIFICATION_EVENT, false);
          AtomicInteger serviced = new AtomicInteger();
          KInterrupt nic =
              connect(
                  machine,
                  KInterrupt.named("nic")
                      .irql(DIRQL_5)
                      .serviceRoutine((interrupt, context) -> serviced.incrementAndGet() > 0, null)
                      .build());
          machine.startThread(
              "holder",
              () -> {
                Irql old = lock.acquire();
                held.set();
                Processor mine = Activity.current().processor();
                nic.assertInterrupt(machine.processors().get(1 - mine.number()));
                while (serviced.get() == 0) {
                  Thread.onSpinWait();
                }
                lock.release(old);
              });
          held.waitForSingleObject();
          Irql old = lock.acquire();
          lock.release(old);
          assertEquals(1, serviced.get());
        });
  }

  @Test
  void isServicedOnAnIdleProcessor() {
    try (Machine machine = Machine.live().processors(1).build()) {
      machine.boot(
          () -> machine.startHardware("device", connect(machine, noting("nic", DIRQL_5))::assertInterrupt));
      toRest(machine);
      assertEquals(null, machine.failure());
      assertEquals(List.of("nic at DIRQL_5"), ran);
    }
  }

  @Test
  void reachesAThreadThatTakesSteps() {
    onProcessors(
        1,
        machine -> {
          KEvent serviced = new KEvent("serviced", KEvent.Type.NOTIFICATION_EVENT, false);
          KDpc dpc = new KDpc("dpc", (self, context, one, two) -> serviced.set(), null);
          KInterrupt nic =
              connect(
                  machine,
                  KInterrupt.named("nic")
                      .serviceRoutine((interrupt, context) -> dpc.insertQueue(null, null), null)
                      .build());
          machine.startHardware("device", nic::assertInterrupt);
          while (!serviced.readState()) {
            Thread.onSpinWait();
          }
        });
  }

  @Test
  void dpcQueuedByAnIsrRunsWhenThatHasReturned() {
    onProcessors(
        1,
        machine -> {
          KDpc dpc = new KDpc("dpc", (self, context, one, two) -> ran.add("dpc at " + Ke.getCurrentIrql()), null);
          KInterrupt nic =
              connect(
                  machine,
                  KInterrupt.named("nic")
                      .serviceRoutine(
                          (interrupt, context) -> {
                            dpc.insertQueue(null, null);
                            return note(interrupt, context);
                          },
                          "nic")
                      .build());
          nic.assertInterrupt();
          assertEquals(List.of("nic at DIRQL_3", "dpc at DISPATCH_LEVEL"), ran);
        });
  }

  @Test
  @Statement(206)
  void aRoutineThatReturnsFalseLetsTheNextOneOfTheVectorLook() {
    onProcessors(
        1,
        machine -> {
          KInterrupt first = connect(machine, shared("first", false));
          connect(machine, shared("second", true));
          connect(machine, shared("third", true));
          first.assertInterrupt();
          assertEquals(List.of("first at DIRQL_5", "second at DIRQL_5"), ran);
        });
  }

  private KInterrupt shared(String name, boolean mine) {
    return KInterrupt.named(name)
        .irql(DIRQL_5)
        .vector(0x35)
        .shareVector(true)
        .serviceRoutine((interrupt, context) -> note(interrupt, context) && mine, name)
        .build();
  }

  @Test
  void aVectorIsSharedOnlyByThoseThatSay() {
    onMachine(
        machine -> {
          connect(machine, shared("first", true));
          KInterrupt alone =
              KInterrupt.named("alone").irql(DIRQL_5).vector(0x35).serviceRoutine(this::note, "").build();
          assertEquals(NtStatus.STATUS_INVALID_PARAMETER, IoManager.of(machine).connectInterrupt(alone));
        });
  }

  @Test
  @Statement(210)
  void aHigherOneInterruptsARoutineAndALowerOneWaits() {
    onProcessors(
        1,
        machine -> {
          KInterrupt low = connect(machine, noting("low", DIRQL_3));
          KInterrupt high = connect(machine, noting("high", DIRQL_8));
          KInterrupt middle =
              connect(
                  machine,
                  KInterrupt.named("middle")
                      .irql(DIRQL_5)
                      .serviceRoutine(
                          (interrupt, context) -> {
                            low.assertInterrupt();
                            high.assertInterrupt();
                            return note(interrupt, context);
                          },
                          "middle")
                      .build());
          middle.assertInterrupt();
          assertEquals(List.of("high at DIRQL_8", "middle at DIRQL_5", "low at DIRQL_3"), ran);
        });
  }

  @Test
  void ofTwoThatWaitTheHigherOneComesFirst() {
    onProcessors(
        1,
        machine -> {
          KInterrupt low = connect(machine, noting("low", DIRQL_3));
          KInterrupt high = connect(machine, noting("high", DIRQL_8));
          Irql old = Ke.raiseIrql(DIRQL_8);
          low.assertInterrupt();
          high.assertInterrupt();
          assertFalse(high.assertInterrupt());
          Ke.lowerIrql(old);
          assertEquals(List.of("high at DIRQL_8", "low at DIRQL_3"), ran);
        });
  }

  @Test
  @Statement(207)
  void aRoutineReturnsAtTheLevelItWasCalledAt() {
    BugCheck stop =
        stopsWith(
            Rule.ISR_CHANGED_IRQL,
            machine ->
                connect(
                        machine,
                        KInterrupt.named("nic")
                            .irql(DIRQL_5)
                            .serviceRoutine(
                                (interrupt, context) -> {
                                  Ke.raiseIrql(DIRQL_8);
                                  return true;
                                },
                                null)
                            .build())
                    .assertInterrupt());
    assertEquals(0x111, stop.parameters().get(0));
    assertEquals("the ISR of nic was called at DIRQL_5 and returned at DIRQL_8", stop.explanation());
  }

  @Test
  @Statement(209)
  void needsAProcessorOfTheMachine() {
    onProcessors(
        2,
        machine -> {
          KInterrupt nic = KInterrupt.named("nic").processorEnableMask(0b1100).serviceRoutine(this::note, "").build();
          assertEquals(NtStatus.STATUS_INVALID_PARAMETER, IoManager.of(machine).connectInterrupt(nic));
          assertFalse(nic.assertInterrupt());
        });
  }

  @Test
  void isConnectedAtPassiveLevel() {
    BugCheck stop =
        stopsWith(
            Rule.CONNECT_INTERRUPT_ABOVE_PASSIVE,
            machine -> {
              Ke.raiseIrqlToDpcLevel();
              connect(machine, noting("nic", DIRQL_5));
            });
    assertEquals(0x2000B, stop.parameters().get(0));
  }

  @Test
  void aDisconnectedOneIsServicedNoMore() {
    onMachine(
        machine -> {
          KInterrupt nic = connect(machine, noting("nic", DIRQL_5));
          IoManager.of(machine).disconnectInterrupt(nic);
          assertFalse(nic.assertInterrupt());
          assertThrows(IllegalStateException.class, () -> IoManager.of(machine).disconnectInterrupt(nic));
          assertEquals(List.of(), ran);
        });
  }
}
