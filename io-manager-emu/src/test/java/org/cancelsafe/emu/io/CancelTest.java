package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.machine.Irql.APC_LEVEL;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;
import static org.cancelsafe.emu.machine.Irql.PASSIVE_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.ex.InterlockedLong;
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
class CancelTest {
  private static void release(DeviceObject device, Irp irp) {
    irp.io().releaseCancelSpinLock(irp.cancelIrql());
  }

  private static Irp allocate(Machine machine) {
    return IoManager.of(machine).allocateIrp(1);
  }

  private static boolean cancel(Irp irp) {
    return irp.io().cancelIrp(irp);
  }

  @Test
  @Statement(106)
  void setCancelRoutineReturnsTheOneBefore() {
    onMachine(
        machine -> {
          Irp irp = allocate(machine);
          DriverCancel one = CancelTest::release;
          DriverCancel two = CancelTest::release;
          assertNotSame(one, two);
          assertNull(irp.setCancelRoutine(one));
          assertSame(one, irp.setCancelRoutine(two));
          assertSame(two, irp.cancelRoutine());
          assertSame(two, irp.setCancelRoutine(null));
          assertNull(irp.setCancelRoutine(null));
        });
  }

  @Test
  @Statement({107, 109, 112, 120})
  void cancelTakesTheRoutineAndCallsItOnce() {
    onMachine(
        machine -> {
          Irp irp = allocate(machine);
          AtomicInteger calls = new AtomicInteger();
          irp.setCancelRoutine(
              (device, cancelled) -> {
                calls.incrementAndGet();
                assertSame(irp, cancelled);
                assertTrue(irp.cancel());
                assertNull(irp.cancelRoutine());
                release(device, irp);
              });
          assertTrue(cancel(irp));
          assertNull(irp.setCancelRoutine(null));
          assertFalse(cancel(irp));
          assertEquals(1, calls.get());
        });
  }

  @Test
  @Statement(108)
  void ofCancelAndSetCancelRoutineExactlyOneGetsTheRoutine() {
    int rounds = 3_000;
    AtomicInteger cancelled = new AtomicInteger();
    AtomicInteger taken = new AtomicInteger();
    onProcessors(
        2,
        machine -> {
          Irp[] irps = new Irp[rounds];
          for (int i = 0; i < rounds; i++) {
            irps[i] = allocate(machine);
            irps[i].setCancelRoutine(
                (device, irp) -> {
                  cancelled.incrementAndGet();
                  release(device, irp);
                });
          }
          InterlockedLong at = new InterlockedLong("at", 0);
          machine.startThread(
              "canceller",
              () -> {
                for (int i = 0; i < rounds; i++) {
                  at.write(i + 1);
                  cancel(irps[i]);
                }
              });
          for (int i = 0; i < rounds; i++) {
            while (at.read() < i) {
              Thread.onSpinWait();
            }
            if (irps[i].setCancelRoutine(null) != null) {
              taken.incrementAndGet();
            }
          }
        });
    assertEquals(rounds, cancelled.get() + taken.get());
  }

  @Test
  @Statement({110, 111, 121})
  void cancelWithoutARoutineOnlySetsTheFlag() {
    onMachine(
        machine -> {
          Irp irp = allocate(machine);
          assertFalse(cancel(irp));
          assertTrue(irp.cancel());
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
          IoManager io = IoManager.of(machine);
          io.releaseCancelSpinLock(io.acquireCancelSpinLock());
          assertNull(irp.setCancelRoutine((device, late) -> release(device, late)));
          assertTrue(irp.cancel());
          assertTrue(cancel(irp));
        });
  }

  @Test
  @Statement({113, 114})
  void theRoutineRunsAtDispatchLevelWithTheLockAndRestoresTheCallersIrql() {
    onMachine(
        machine -> {
          IoManager io = IoManager.of(machine);
          for (Irql callers : List.of(PASSIVE_LEVEL, APC_LEVEL, DISPATCH_LEVEL)) {
            Irp irp = allocate(machine);
            irp.setCancelRoutine(
                (device, cancelled) -> {
                  assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
                  assertEquals(callers, cancelled.cancelIrql());
                  io.releaseCancelSpinLock(cancelled.cancelIrql());
                  assertEquals(callers, Ke.getCurrentIrql());
                });
            Irql old = Ke.raiseIrql(callers);
            assertTrue(cancel(irp));
            assertEquals(callers, Ke.getCurrentIrql());
            Ke.lowerIrql(old);
          }
        });
  }

  @Test
  @Statement(115)
  void releasingWithAnotherIrql() {
    DriverCancel routine = (device, irp) -> irp.io().releaseCancelSpinLock(APC_LEVEL);
    BugCheck stop = stopsWith(Rule.IRQL_UNEXPECTED_VALUE, machine -> cancelWith(machine, routine));
    assertEquals(List.of(0x10000, routine), stop.parameters());
    assertEquals(
        "the cancel routine of IRP#1 returned at APC_LEVEL, and CancelIrql is PASSIVE_LEVEL", stop.explanation());
  }

  private static void cancelWith(Machine machine, DriverCancel routine) {
    Irp irp = allocate(machine);
    irp.setCancelRoutine(routine);
    cancel(irp);
  }

  @Test
  @Statement({116, 117})
  void returningWithTheCancelLock() {
    DriverCancel routine = (device, irp) -> {};
    BugCheck stop = stopsWith(Rule.CANCEL_LOCK_HELD, machine -> cancelWith(machine, routine));
    assertEquals(0x11B, stop.code().code());
    assertEquals("IRP#1", stop.parameters().get(0).toString());
    assertSame(routine, stop.parameters().get(1));
  }

  @Test
  @Statement(118)
  void acquiringTheCancelLockInTheRoutine() {
    BugCheck stop =
        stopsWith(
            Rule.SPIN_LOCK_RECURSION,
            machine -> cancelWith(machine, (device, irp) -> irp.io().acquireCancelSpinLock()));
    assertTrue(stop.explanation().endsWith(" already owns CSL"), stop.explanation());
  }

  @Test
  @Statement(119)
  void thereIsOneCancelLock() {
    onMachine(
        machine -> {
          assertSame(IoManager.of(machine), IoManager.of(machine));
          IoManager io = IoManager.of(machine);
          Irql old = io.acquireCancelSpinLock();
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          io.releaseCancelSpinLock(old);
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
        });
    stopsWith(
        Rule.SPIN_LOCK_RECURSION,
        machine -> {
          IoManager.of(machine).acquireCancelSpinLock();
          cancel(allocate(machine));
        });
  }

  @Test
  @Statement(126)
  void whileSomebodyHoldsTheCancelLockNoRoutineStarts() {
    onProcessors(
        2,
        machine -> {
          IoManager io = IoManager.of(machine);
          Irp irp = allocate(machine);
          InterlockedLong started = new InterlockedLong("started", 0);
          irp.setCancelRoutine(
              (device, cancelled) -> {
                started.write(1);
                release(device, cancelled);
              });
          Irql old = io.acquireCancelSpinLock();
          machine.startThread("canceller", () -> cancel(irp));
          for (int i = 0; i < 100_000; i++) {
            assertEquals(0, started.read());
          }
          io.releaseCancelSpinLock(old);
          while (started.read() == 0) {
            Thread.onSpinWait();
          }
        });
  }

  @Test
  @Statement(128)
  void releasingTheCancelLockWithoutHoldingIt() {
    BugCheck stop =
        stopsWith(
            Rule.RELEASE_UNACQUIRED,
            machine -> IoManager.of(machine).releaseCancelSpinLock(Ke.raiseIrqlToDpcLevel()));
    assertTrue(stop.explanation().endsWith(" releases CSL, which nobody owns"), stop.explanation());
  }

  @Test
  @Statement(168)
  void returningWithAnotherSpinLock() {
    BugCheck stop =
        stopsWith(
            Rule.SPIN_LOCK_HELD_AT_RETURN,
            machine ->
                cancelWith(
                    machine,
                    (device, irp) -> {
                      release(device, irp);
                      new KSpinLock("L").acquire();
                    }));
    assertEquals(0x40009, stop.parameters().get(0));
  }

  @Test
  @Statement(76)
  void cancellingAnIrpThatWasCompletedWithARoutineSet() {
    BugCheck stop =
        stopsWith(
            Rule.CANCEL_STATE,
            Machine.live().verifier(Verifier.OFF),
            machine -> {
              Irp irp =
                  Drivers.read(
                      machine,
                      Drivers.device(
                          machine,
                          (device, pended) -> {
                            pended.setCancelRoutine(CancelTest::release);
                            return Drivers.complete(pended, NtStatus.STATUS_SUCCESS);
                          }));
              cancel(irp);
            });
    assertEquals(0x48, stop.code().code());
    assertEquals("IRP#1", stop.parameters().get(0).toString());
    assertTrue(stop.parameters().get(1) instanceof DriverCancel);
  }

  @Test
  void aRoutineThatThrowsLeavesNeitherTheLockNorTheIrql() {
    onMachine(
        machine -> {
          IllegalStateException thrown =
              assertThrows(
                  IllegalStateException.class,
                  () ->
                      cancelWith(
                          machine,
                          (device, irp) -> {
                            throw new IllegalStateException("driver bug");
                          }));
          assertEquals("driver bug", thrown.getMessage());
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
          IoManager io = IoManager.of(machine);
          io.releaseCancelSpinLock(io.acquireCancelSpinLock());
        });
  }

  @Test
  void theBugCheckOfARoutineIsNotHiddenByItsCleaningUp() {
    stopsWith(
        Rule.CANCEL_LOCK_HELD,
        machine -> {
          Irp irp = allocate(machine);
          irp.setCancelRoutine((device, cancelled) -> {});
          assertThrows(BugCheck.class, () -> cancel(irp));
        });
  }

  @Test
  void cancellingACompletedIrpIsHarmlessAndAFreedOneIsNot() {
    onMachine(
        machine ->
            assertFalse(
                cancel(
                    Drivers.read(
                        machine, Drivers.device(machine, Drivers.completing(NtStatus.STATUS_SUCCESS))))));
    stopsWith(
        Rule.IRP_TOUCHED_AFTER_COMPLETION,
        machine -> {
          Irp irp = allocate(machine);
          irp.io().freeIrp(irp);
          cancel(irp);
        });
  }
}
