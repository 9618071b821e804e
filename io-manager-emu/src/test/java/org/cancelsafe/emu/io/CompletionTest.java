package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_MORE_PROCESSING_REQUIRED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.cancelsafe.emu.io.NtStatus.STATUS_UNSUCCESSFUL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.emu.verifier.Verifier;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CompletionTest {
  private final List<Object> told = new ArrayList<>();

  /** Sends a read that completes with this status; says whether a routine set for these outcomes was told. */
  private boolean isTold(NtStatus status, boolean cancelled, boolean onSuccess, boolean onError, boolean onCancel) {
    told.clear();
    onMachine(
        machine -> {
          DeviceObject device = Drivers.device(machine, Drivers.completing(status));
          IoManager io = IoManager.of(machine);
          Irp irp = io.buildRequest(new FileObject("F", device), MajorFunction.IRP_MJ_READ);
          irp.setCompletionRoutine(this::note, "told", onSuccess, onError, onCancel);
          if (cancelled) {
            io.cancelIrp(irp);
          }
          io.callDriver(device, irp);
          assertEquals(status, irp.userIosb().status());
        });
    return !told.isEmpty();
  }

  private NtStatus note(DeviceObject device, Irp irp, Object context) {
    told.add(context);
    return STATUS_SUCCESS;
  }

  @Test
  @Statement({63, 64, 65})
  void aRoutineIsToldOfTheOutcomesItWasSetFor() {
    assertEquals(true, isTold(STATUS_SUCCESS, false, true, false, false));
    assertEquals(false, isTold(STATUS_UNSUCCESSFUL, false, true, false, false));
    assertEquals(true, isTold(STATUS_UNSUCCESSFUL, false, false, true, false));
    assertEquals(false, isTold(STATUS_SUCCESS, false, false, true, false));
    assertEquals(true, isTold(STATUS_SUCCESS, true, false, false, true));
    assertEquals(true, isTold(STATUS_CANCELLED, true, false, false, true));
    assertEquals(false, isTold(STATUS_CANCELLED, false, true, false, true));
    assertEquals(false, isTold(STATUS_SUCCESS, true, false, true, false));
  }

  /** Passes an IRP down with a completion routine. */
  private static DriverDispatch passing(DeviceObject lower, IoCompletionRoutine routine) {
    return (device, irp) -> {
      irp.copyCurrentStackLocationToNext();
      irp.setCompletionRoutine(routine, device, true, true, true);
      return irp.io().callDriver(lower, irp);
    };
  }

  @Test
  @Statement({66, 67, 70})
  void routinesRunUpwardsAndSeeTheLocationBelowZeroed() {
    onMachine(
        machine -> {
          IoCompletionRoutine noting =
              (device, irp, context) -> {
                assertSame(context, device);
                told.add(device);
                IoStackLocation below = irp.nextStackLocation();
                assertEquals(0, below.control());
                assertNull(below.completionRoutine());
                assertNull(below.deviceObject());
                assertNull(below.fileObject());
                return STATUS_UNSUCCESSFUL;
              };
          DeviceObject bottom = Drivers.device(machine, Drivers.completing(STATUS_SUCCESS));
          DeviceObject middle = Drivers.above(machine, bottom, passing(bottom, noting));
          DeviceObject top = Drivers.above(machine, middle, passing(middle, noting));
          Irp irp = Drivers.read(machine, top);
          assertEquals(List.of(middle, top), told);
          assertEquals(STATUS_SUCCESS, irp.userIosb().status());
        });
  }

  @Test
  @Statement({68, 69})
  void moreProcessingStopsTheWalkAndTheNextCompletionGoesOnAbove() {
    onMachine(
        machine -> {
          DeviceObject bottom = Drivers.device(machine, Drivers.completing(STATUS_SUCCESS));
          DeviceObject middle =
              Drivers.above(
                  machine,
                  bottom,
                  (device, irp) -> {
                    NtStatus status =
                        passing(
                                bottom,
                                (own, stopped, context) -> {
                                  told.add("middle");
                                  return STATUS_MORE_PROCESSING_REQUIRED;
                                })
                            .dispatch(device, irp);
                    assertEquals(List.of("middle"), told);
                    assertNull(irp.userIosb().status());
                    irp.io().completeRequest(irp);
                    return status;
                  });
          DeviceObject top =
              Drivers.above(
                  machine,
                  middle,
                  passing(
                      middle,
                      (own, irp, context) -> {
                        told.add("top");
                        return STATUS_SUCCESS;
                      }));
          Irp irp = Drivers.read(machine, top);
          assertEquals(List.of("middle", "top"), told);
          assertEquals(STATUS_SUCCESS, irp.userIosb().status());
        });
  }

  @Test
  void theOwnerMayCompleteBeforeTheRoutineThatStoppedTheWalkHasReturned() {
    onMachine(
        machine -> {
          KEvent stopped = new KEvent("stopped", KEvent.Type.SYNCHRONIZATION_EVENT, false);
          KEvent completed = new KEvent("completed", KEvent.Type.SYNCHRONIZATION_EVENT, false);
          DeviceObject bottom = Drivers.device(machine, Drivers.completing(STATUS_SUCCESS));
          Irp[] sent = new Irp[1];
          DeviceObject top =
              Drivers.above(
                  machine,
                  bottom,
                  (device, irp) -> {
                    sent[0] = irp;
                    irp.markPending();
                    passing(
                            bottom,
                            (own, passed, context) -> {
                              stopped.set();
                              completed.waitForSingleObject();
                              return STATUS_MORE_PROCESSING_REQUIRED;
                            })
                        .dispatch(device, irp);
                    return STATUS_PENDING;
                  });
          machine.startThread(
              "owner",
              () -> {
                stopped.waitForSingleObject();
                sent[0].io().completeRequest(sent[0]);
                completed.set();
              });
          assertEquals(STATUS_SUCCESS, Drivers.read(machine, top).userIosb().status());
        });
  }

  @Test
  @Statement(79)
  void pendingReturnedTellsWhetherTheLowerDriverMarkedTheIrp() {
    onMachine(
        machine -> {
          IoCompletionRoutine noting =
              (device, irp, context) -> {
                told.add(irp.pendingReturned());
                if (irp.pendingReturned()) {
                  irp.markPending();
                }
                return STATUS_SUCCESS;
              };
          DeviceObject prompt = Drivers.device(machine, Drivers.completing(STATUS_SUCCESS));
          Drivers.read(machine, Drivers.above(machine, prompt, passing(prompt, noting)));
          DeviceObject slow = Drivers.device(machine, Drivers::pend);
          Irp irp = Drivers.read(machine, Drivers.above(machine, slow, passing(slow, noting)));
          Drivers.complete(irp, STATUS_SUCCESS);
          assertEquals(List.of(false, true), told);
        });
  }

  @Test
  void pendingIsPropagatedPastALevelWithoutARoutine() {
    onMachine(
        machine -> {
          DeviceObject bottom = Drivers.device(machine, Drivers::pend);
          DeviceObject middle =
              Drivers.above(
                  machine,
                  bottom,
                  (device, irp) -> {
                    irp.copyCurrentStackLocationToNext();
                    return irp.io().callDriver(bottom, irp);
                  });
          DeviceObject top =
              Drivers.above(
                  machine,
                  middle,
                  passing(
                      middle,
                      (device, irp, context) -> {
                        told.add(irp.pendingReturned());
                        irp.markPending();
                        return STATUS_SUCCESS;
                      }));
          Drivers.complete(Drivers.read(machine, top), STATUS_SUCCESS);
          assertEquals(List.of(true), told);
        });
  }

  @Test
  @Statement(71)
  void completingTwice() {
    BugCheck stop =
        stopsWith(
            Rule.DOUBLE_COMPLETION,
            machine -> {
              Irp irp = Drivers.read(machine, Drivers.device(machine, Drivers.completing(STATUS_SUCCESS)));
              irp.io().completeRequest(irp);
            });
    assertEquals(0x44, stop.code().code());
    assertEquals("IRP#1", stop.parameters().get(0).toString());
    assertEquals("0x44 MULTIPLE_IRP_COMPLETE_REQUESTS (IRP#1)", stop.stopCode());
    String message = stop.getMessage().replace(Thread.currentThread().getName(), "T");
    assertTrue(
        message.matches(
            "MULTIPLE_IRP_COMPLETE_REQUESTS \\(0x44\\): IRP#1 is completed by T, and was completed by T, "
                + "thread \"T\" at PASSIVE_LEVEL, CPU \\d \\[DoubleCompletion, CompletionTest.java:\\d+]"),
        message);
  }

  @Test
  void completingInARoutineThatLetsTheWalkGoOn() {
    stopsWith(
        Rule.DOUBLE_COMPLETION,
        machine -> {
          DeviceObject bottom = Drivers.device(machine, Drivers.completing(STATUS_SUCCESS));
          Drivers.read(
              machine,
              Drivers.above(
                  machine,
                  bottom,
                  passing(
                      bottom,
                      (device, irp, context) -> {
                        irp.io().completeRequest(irp);
                        return STATUS_SUCCESS;
                      })));
        });
  }

  @Test
  @Statement(72)
  void completingWithStatusPending() {
    BugCheck stop =
        stopsWith(
            Rule.COMPLETE_PENDING_STATUS,
            machine -> Drivers.read(machine, Drivers.device(machine, Drivers.completing(STATUS_PENDING))));
    assertEquals(0x06, stop.parameters().get(0));
  }

  @Test
  @Statement(72)
  void completingWithMinusOne() {
    stopsWith(
        Rule.COMPLETE_PENDING_STATUS,
        machine -> Drivers.read(machine, Drivers.device(machine, Drivers.completing(NtStatus.of(-1)))));
  }

  @Test
  @Statement(73)
  void completingWithACancelRoutineSet() {
    BugCheck stop =
        stopsWith(
            Rule.COMPLETE_WITH_CANCEL_ROUTINE,
            machine ->
                Drivers.read(
                    machine,
                    Drivers.device(
                        machine,
                        (device, irp) -> {
                          irp.setCancelRoutine((own, cancelled) -> {});
                          return Drivers.complete(irp, STATUS_SUCCESS);
                        })));
    assertEquals(0x07, stop.parameters().get(0));
  }

  @Test
  @Statement(74)
  void completingAboveDispatchLevel() {
    BugCheck stop =
        stopsWith(
            Rule.COMPLETE_ABOVE_DISPATCH,
            machine ->
                Drivers.read(
                    machine,
                    Drivers.device(
                        machine,
                        (device, irp) -> {
                          Ke.raiseIrql(Irql.DIRQL_3);
                          return Drivers.complete(irp, STATUS_SUCCESS);
                        })));
    assertEquals(0x0E, stop.parameters().get(0));
  }

  @Test
  @Statement(77)
  void aRoutineThatReturnsAtAnotherIrql() {
    BugCheck stop =
        stopsWith(
            Rule.COMPLETION_CHANGED_IRQL,
            machine -> {
              DeviceObject bottom = Drivers.device(machine, Drivers.completing(STATUS_SUCCESS));
              Drivers.read(
                  machine,
                  Drivers.above(
                      machine,
                      bottom,
                      passing(
                          bottom,
                          (device, irp, context) -> {
                            Ke.raiseIrqlToDpcLevel();
                            return STATUS_SUCCESS;
                          })));
            });
    assertEquals(0xFA, stop.parameters().get(0));
  }

  @Test
  void twoThreadsThatCompleteOneIrpAreFoundOutHoweverClose() {
    for (int round = 0; round < 50; round++) {
      stopsWith(Rule.DOUBLE_COMPLETION, Machine.live().processors(2), CompletionTest::completeOnTwoThreads);
    }
  }

  private static void completeOnTwoThreads(Machine machine) {
    Irp irp = Drivers.read(machine, Drivers.device(machine, Drivers::pend));
    irp.setIoStatus(STATUS_SUCCESS, 0);
    machine.startThread("other", () -> irp.io().completeRequest(irp));
    irp.io().completeRequest(irp);
  }

  @Test
  void withoutVerifierTheKernelItselfSeesADoubleCompletion() {
    stopsWith(
        Rule.DOUBLE_COMPLETION,
        Machine.live().verifier(Verifier.OFF),
        machine -> {
          Irp irp = Drivers.read(machine, Drivers.device(machine, Drivers.completing(STATUS_SUCCESS)));
          assertFalse(machine.isStopped());
          irp.io().completeRequest(irp);
        });
  }

  @Test
  @Statement(75)
  void completingWithASpinLockHeld() {
    BugCheck stop =
        stopsWith(
            Rule.SPIN_LOCK_SAFE,
            Machine.live().verifier(Verifier.EVERYTHING),
            machine -> {
              Irp irp = IoManager.of(machine).allocateIrp(1);
              new KSpinLock("L").acquire();
              irp.io().completeRequest(irp);
            });
    assertEquals("SpinLockSafe", stop.rule().ruleName());
    assertTrue(stop.explanation().endsWith(" with a spin lock held: L"), stop.explanation());
  }

  @Test
  void completingAtDispatchLevelWithNoneHeld() {
    onMachine(
        Machine.live().verifier(Verifier.EVERYTHING),
        machine -> {
          Irp irp = IoManager.of(machine).allocateIrp(1);
          irp.setNextStackLocation();
          KSpinLock lock = new KSpinLock("L");
          Irql irql = lock.acquire();
          lock.releaseFromDpcLevel();
          irp.io().completeRequest(irp);
          Ke.lowerIrql(irql);
        });
  }
}
