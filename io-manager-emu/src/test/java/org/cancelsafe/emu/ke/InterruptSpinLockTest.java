package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.machine.Irql.DIRQL_3;
import static org.cancelsafe.emu.machine.Irql.DIRQL_5;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;
import static org.cancelsafe.emu.machine.Irql.PASSIVE_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class InterruptSpinLockTest extends InterruptFixture {
  @Test
  @Statement(174)
  void itsSpinLockIsTakenAtSynchronizeIrql() {
    onMachine(
        machine -> {
          KInterrupt nic =
              KInterrupt.named("nic").irql(DIRQL_3).synchronizeIrql(DIRQL_5).serviceRoutine(this::note, "").build();
          connect(machine, nic);
          Irql old = nic.acquireInterruptSpinLock();
          assertEquals(PASSIVE_LEVEL, old);
          assertEquals(DIRQL_5, Ke.getCurrentIrql());
          nic.releaseInterruptSpinLock(old);
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
        });
    stopsWith(
        Rule.RAISE_TO_LOWER,
        machine -> {
          KInterrupt nic = connect(machine, noting("nic", DIRQL_3));
          Ke.raiseIrql(DIRQL_5);
          nic.acquireInterruptSpinLock();
        });
    stopsWith(
        Rule.LOWER_TO_HIGHER,
        machine -> {
          KInterrupt nic = connect(machine, noting("nic", DIRQL_3));
          nic.acquireInterruptSpinLock();
          nic.releaseInterruptSpinLock(DIRQL_5);
        });
    stopsWith(
        Rule.RELEASE_UNACQUIRED,
        machine -> {
          Ke.raiseIrql(DIRQL_3);
          connectBelow(machine).releaseInterruptSpinLock(PASSIVE_LEVEL);
        });
  }

  private KInterrupt connectBelow(Machine machine) {
    return noting("nic", DIRQL_3);
  }

  @Test
  @Statement(175)
  void handledAtPassiveLevelItHasNoSpinLock() {
    BugCheck stop =
        stopsWith(
            Rule.PASSIVE_INTERRUPT_HAS_NO_LOCK,
            machine -> connect(machine, noting("touch", PASSIVE_LEVEL)).acquireInterruptSpinLock());
    assertEquals(
        "KeAcquireInterruptSpinLock(touch), which is handled at PASSIVE_LEVEL; use KeSynchronizeExecution",
        stop.explanation());
  }

  @Test
  void handledAtPassiveLevelItsRoutineMayWaitAndIsExcludedByAnEvent() {
    onMachine(
        machine -> {
          KEvent serviced = new KEvent("serviced", KEvent.Type.NOTIFICATION_EVENT, false);
          KInterrupt touch =
              connect(
                  machine,
                  KInterrupt.named("touch")
                      .irql(PASSIVE_LEVEL)
                      .serviceRoutine(
                          (interrupt, context) -> {
                            Ke.delayExecutionThread(1);
                            note(interrupt, context);
                            serviced.set();
                            return true;
                          },
                          "touch")
                      .build());
          assertTrue(
              touch.synchronizeExecution(
                  context -> {
                    touch.assertInterrupt();
                    assertFalse(serviced.waitForSingleObject(10_000));
                    return true;
                  },
                  null));
          serviced.waitForSingleObject();
          assertEquals(List.of("touch at PASSIVE_LEVEL"), ran);
        });
  }

  @Test
  @Statement({176, 177})
  void synchronizeExecutionRunsHereAndExcludesTheRoutine() {
    onProcessors(
        1,
        machine -> {
          KInterrupt nic = connect(machine, noting("nic", DIRQL_5));
          Irql dispatch = Ke.raiseIrqlToDpcLevel();
          Activity caller = Activity.current();
          assertTrue(
              nic.synchronizeExecution(
                  context -> {
                    assertSame(caller, Activity.current());
                    assertEquals(DIRQL_5, Ke.getCurrentIrql());
                    nic.assertInterrupt();
                    assertEquals(List.of(), ran);
                    return "ctx".equals(context);
                  },
                  "ctx"));
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          assertEquals(List.of("nic at DIRQL_5"), ran);
          Ke.lowerIrql(dispatch);
          assertFalse(nic.synchronizeExecution(context -> false, null));
        });
  }

  @Test
  void anIsrThatSpinsForALockOfWhatItInterruptedIsAPriorityInversion() {
    BugCheck stop =
        stopsWith(
            Rule.PRIORITY_INVERSION,
            Machine.live().processors(1),
            machine -> {
              KSpinLock lock = new KSpinLock("done");
              KInterrupt nic =
                  connect(
                      machine,
                      KInterrupt.named("nic")
                          .irql(DIRQL_5)
                          .serviceRoutine(
                              (interrupt, context) -> {
                                lock.acquireAtDpcLevel();
                                lock.releaseFromDpcLevel();
                                return true;
                              },
                              null)
                          .build());
              machine.startThread(
                  "worker",
                  () -> {
                    Irql old = lock.acquire();
                    nic.assertInterrupt();
                    lock.release(old);
                  });
            });
    assertEquals(
        "ISR nic waits for done held by worker, "
            + "worker, at DISPATCH_LEVEL, stands still until ISR nic, which interrupted it on CPU0 at DIRQL_5, returns",
        stop.explanation());
  }
}
