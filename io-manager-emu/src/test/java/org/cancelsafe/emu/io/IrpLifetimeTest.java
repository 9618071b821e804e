package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_MORE_PROCESSING_REQUIRED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.cancelsafe.emu.io.NtStatus.STATUS_UNSUCCESSFUL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Consumer;
import java.util.stream.Stream;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class IrpLifetimeTest {
  private static Irp completed(Machine machine) {
    return Drivers.read(machine, Drivers.device(machine, Drivers.completing(STATUS_UNSUCCESSFUL)));
  }

  @Test
  @Statement(48)
  void allocateGivesAnInitialisedIrp() {
    onMachine(
        machine -> {
          Irp irp = IoManager.of(machine).allocateIrp(2);
          assertFalse(irp.cancel());
          assertNull(irp.cancelRoutine());
          assertFalse(irp.pendingReturned());
          assertEquals(STATUS_SUCCESS, irp.status());
          assertEquals(0, irp.information());
          assertNull(irp.userIosb().status());
          for (int i = 0; i < 4; i++) {
            assertNull(irp.driverContext(i));
          }
          assertEquals(0, irp.nextStackLocation().control());
          assertNull(irp.nextStackLocation().completionRoutine());
        });
  }

  @Test
  @Statement(54)
  void reusePresetsTheStatusAndClearsTheRest() {
    onMachine(
        machine -> {
          Irp irp = completed(machine);
          assertEquals(STATUS_UNSUCCESSFUL, irp.userIosb().status());
          irp.io().cancelIrp(irp);
          irp.reuse(STATUS_CANCELLED);
          assertEquals(STATUS_CANCELLED, irp.status());
          assertEquals(0, irp.information());
          assertFalse(irp.cancel());
          assertNull(irp.userIosb().status());
          assertEquals("not completed", irp.userIosb().toString());
        });
  }

  @Test
  void aReusedIrpServesAgain() {
    onMachine(
        machine -> {
          DeviceObject device = Drivers.device(machine, Drivers.completing(STATUS_UNSUCCESSFUL));
          Irp irp = Drivers.read(machine, device);
          for (int i = 0; i < 3; i++) {
            irp.reuse(STATUS_SUCCESS);
            irp.nextStackLocation().setMajorFunction(MajorFunction.IRP_MJ_READ);
            assertEquals(STATUS_UNSUCCESSFUL, irp.io().callDriver(device, irp));
          }
        });
  }

  @Test
  void reuseWhileQueuedOrCancelable() {
    stopsWith(
        Rule.FREE_IN_USE,
        machine -> {
          Irp irp = IoManager.of(machine).allocateIrp(1);
          new ListEntry("Q").insertTail(irp.listEntry());
          irp.reuse(STATUS_SUCCESS);
        });
    stopsWith(
        Rule.FREE_IN_USE,
        machine -> {
          Irp irp = IoManager.of(machine).allocateIrp(1);
          irp.setCancelRoutine((device, cancelled) -> {});
          irp.reuse(STATUS_SUCCESS);
        });
  }

  @Test
  @Statement(51)
  void freeWhileQueuedOrCancelable() {
    BugCheck stop =
        stopsWith(
            Rule.FREE_IN_USE,
            machine -> {
              Irp irp = IoManager.of(machine).allocateIrp(1);
              new ListEntry("Q").insertTail(irp.listEntry());
              irp.io().freeIrp(irp);
            });
    assertEquals(0x20A, stop.parameters().get(0));
    stopsWith(
        Rule.FREE_IN_USE,
        machine -> {
          Irp irp = IoManager.of(machine).allocateIrp(1);
          irp.setCancelRoutine((device, cancelled) -> {});
          irp.io().freeIrp(irp);
        });
  }

  @Test
  void freeTwice() {
    BugCheck stop =
        stopsWith(
            Rule.IRP_TOUCHED_AFTER_COMPLETION,
            machine -> {
              Irp irp = IoManager.of(machine).allocateIrp(1);
              irp.io().freeIrp(irp);
              irp.io().freeIrp(irp);
            });
    assertTrue(stop.explanation().endsWith(": IoFreeIrp of IRP#1, which was freed"), stop.explanation());
  }

  static Stream<Named<Consumer<Irp>>> touches() {
    return Stream.of(
        Named.of("setCancelRoutine", irp -> irp.setCancelRoutine(null)),
        Named.of("cancelRoutine", Irp::cancelRoutine),
        Named.of("cancel", Irp::cancel),
        Named.of("cancelIrql", Irp::cancelIrql),
        Named.of("status", Irp::status),
        Named.of("information", Irp::information),
        Named.of("pendingReturned", Irp::pendingReturned),
        Named.of("markPending", Irp::markPending),
        Named.of("isMarkedPending", Irp::isMarkedPending),
        Named.of("listEntry", Irp::listEntry),
        Named.of("driverContext", irp -> irp.driverContext(3)),
        Named.of("setDriverContext", irp -> irp.setDriverContext(0, "x")),
        Named.of("currentStackLocation", Irp::currentStackLocation),
        Named.of("nextStackLocation", Irp::nextStackLocation),
        Named.of("setNextStackLocation", Irp::setNextStackLocation),
        Named.of("skipCurrentStackLocation", Irp::skipCurrentStackLocation),
        Named.of("copyCurrentStackLocationToNext", Irp::copyCurrentStackLocationToNext),
        Named.of("setCompletionRoutine", irp -> irp.setCompletionRoutine((d, i, c) -> null, null, true, true, true)));
  }

  @ParameterizedTest
  @MethodSource("touches")
  @Statement(86)
  void touchingAfterCompletion(Consumer<Irp> touch) {
    BugCheck stop =
        stopsWith(Rule.IRP_TOUCHED_AFTER_COMPLETION, machine -> touch.accept(completed(machine)));
    String self = Thread.currentThread().getName();
    assertTrue(stop.explanation().startsWith(self + ": "), stop.explanation());
    assertTrue(stop.explanation().endsWith(" of IRP#1, which " + self + " completed"), stop.explanation());
    assertEquals("[IRP#1]", stop.parameters().toString());
  }

  @ParameterizedTest
  @MethodSource("touches")
  void touchingAfterFreeing(Consumer<Irp> touch) {
    BugCheck stop =
        stopsWith(
            Rule.IRP_TOUCHED_AFTER_COMPLETION,
            machine -> {
              Irp irp = IoManager.of(machine).allocateIrp(2);
              irp.setNextStackLocation();
              irp.io().freeIrp(irp);
              touch.accept(irp);
            });
    assertTrue(stop.explanation().endsWith(" of IRP#1, which was freed"), stop.explanation());
  }

  @Test
  void writingTheStatusAfterCompletionIsFoundAtTheEnd() {
    BugCheck stop =
        stopsWith(
            Rule.IRP_TOUCHED_AFTER_COMPLETION,
            machine -> {
              completed(machine).setIoStatus(STATUS_SUCCESS, 0);
              machine.end().checkRundown();
            });
    assertTrue(stop.explanation().contains(": write of IoStatus of IRP#1, which "), stop.explanation());
  }

  @Test
  void writingTheStatusAfterFreeing() {
    stopsWith(
        Rule.IRP_TOUCHED_AFTER_COMPLETION,
        machine -> {
          Irp irp = IoManager.of(machine).allocateIrp(1);
          irp.io().freeIrp(irp);
          irp.setIoStatus(STATUS_SUCCESS, 0);
        });
  }

  @Test
  void reuseOfAFreedIrp() {
    stopsWith(
        Rule.IRP_TOUCHED_AFTER_COMPLETION,
        machine -> {
          Irp irp = IoManager.of(machine).allocateIrp(1);
          irp.io().freeIrp(irp);
          irp.reuse(STATUS_SUCCESS);
        });
  }

  @Test
  void theDriverContextHasFourElements() {
    onMachine(
        machine -> {
          Irp irp = IoManager.of(machine).allocateIrp(1);
          for (int i = 0; i < 4; i++) {
            irp.setDriverContext(i, i);
          }
          for (int i = 0; i < 4; i++) {
            assertEquals(i, irp.driverContext(i));
          }
          IndexOutOfBoundsException refused =
              assertThrows(IndexOutOfBoundsException.class, () -> irp.driverContext(4));
          assertEquals("DriverContext has elements 0 to 3, not 4", refused.getMessage());
          assertThrows(IndexOutOfBoundsException.class, () -> irp.setDriverContext(-1, null));
        });
  }

  @Test
  void anIrpIsFoundFromItsListEntryOnly() {
    onMachine(
        machine -> {
          Irp irp = IoManager.of(machine).allocateIrp(1);
          assertSame(irp, Irp.fromListEntry(irp.listEntry()));
          IllegalArgumentException refused =
              assertThrows(IllegalArgumentException.class, () -> Irp.fromListEntry(new ListEntry("Q")));
          assertEquals("this list entry is in no IRP: Q", refused.getMessage());
        });
  }

  @Test
  void noStatusIsNull() {
    onMachine(
        machine -> {
          Irp irp = IoManager.of(machine).allocateIrp(1);
          assertThrows(NullPointerException.class, () -> irp.setIoStatus(null, 0));
          assertThrows(NullPointerException.class, () -> irp.reuse(null));
          assertEquals(STATUS_SUCCESS, irp.status());
        });
  }

  @Test
  void aPendedIrpIsRunDownAtTheEndByCancellingIt() {
    onMachine(
        machine -> {
          Drivers.read(
              machine,
              Drivers.device(
                  machine,
                  (device, irp) -> {
                    irp.markPending();
                    irp.setCancelRoutine(
                        (own, cancelled) -> {
                          irp.io().releaseCancelSpinLock(cancelled.cancelIrql());
                          Drivers.complete(cancelled, STATUS_CANCELLED);
                        });
                    return NtStatus.STATUS_PENDING;
                  }));
          assertTrue(machine.end().needsRundown());
          machine.end().runDown();
          assertFalse(machine.end().needsRundown());
          machine.end().checkRundown();
        });
  }

  @Test
  void aPendedIrpThatNobodyCompletesIsLost() {
    BugCheck stop =
        stopsWith(
            Rule.CANCELLED_IRP_NOT_COMPLETED,
            machine -> {
              Drivers.read(machine, Drivers.device(machine, Drivers::pend));
              machine.end().runDown();
              machine.end().checkRundown();
            });
    assertEquals(0x135, stop.parameters().get(0));
    assertEquals("IRP#1 was cancelled and is not completed: nobody is left who would", stop.explanation());
  }

  @Test
  void anIrpThatIsBackWithItsMakerIsNotLost() {
    onMachine(
        machine -> {
          IoManager io = IoManager.of(machine);
          DeviceObject device = Drivers.device(machine, Drivers::pend);
          Irp irp = io.buildRequest(new FileObject("F", device), MajorFunction.IRP_MJ_READ);
          irp.setCompletionRoutine((own, mine, context) -> STATUS_MORE_PROCESSING_REQUIRED, null, true, true, true);
          io.callDriver(device, irp);
          assertTrue(machine.end().needsRundown());
          Drivers.complete(irp, STATUS_SUCCESS);
          assertFalse(machine.end().needsRundown());
        });
  }
}
