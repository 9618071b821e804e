package org.cancelsafe.emu.ported;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_CREATE;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_WRITE;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CONTINUE_COMPLETION;
import static org.cancelsafe.emu.io.NtStatus.STATUS_DEVICE_BUSY;
import static org.cancelsafe.emu.io.NtStatus.STATUS_MORE_PROCESSING_REQUIRED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.cancelsafe.emu.io.NtStatus.STATUS_TIMEOUT;
import static org.cancelsafe.emu.io.NtStatus.STATUS_UNSUCCESSFUL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverCancel;
import org.cancelsafe.emu.io.DriverDispatch;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An IRP on its way down and up: whose routine is called when, with which device, and what it finds in the IRP. */
@Timeout(60)
class IrpWalksTest {
  private final List<String> told = new ArrayList<>();
  private final Irp[] held = new Irp[1];

  private DeviceObject bottom(Machine machine, DriverDispatch read) {
    return IoManager.of(machine)
        .createDevice(new DriverObject("bottom").setMajorFunction(IRP_MJ_READ, read), "bottom", null);
  }

  private static NtStatus complete(Irp irp, NtStatus status, long information) {
    irp.setIoStatus(status, information);
    irp.io().completeRequest(irp, IoManager.IO_NO_INCREMENT);
    return status;
  }

  private NtStatus hold(DeviceObject device, Irp irp) {
    held[0] = irp;
    irp.markPending();
    return STATUS_PENDING;
  }

  /** A driver that passes reads on with a completion routine that propagates and returns this. */
  private DeviceObject above(DeviceObject lower, String name, NtStatus answer) {
    DriverDispatch read =
        (device, irp) -> {
          irp.copyCurrentStackLocationToNext();
          irp.setCompletionRoutine(
              (own, done, context) -> {
                assertSame(device, own);
                assertSame(own, done.currentStackLocation().deviceObject());
                assertEquals(IRP_MJ_READ, done.currentStackLocation().majorFunction());
                assertEquals(IRP_MJ_CREATE, done.nextStackLocation().majorFunction(), "zeroed");
                assertNull(done.nextStackLocation().completionRoutine());
                told.add(context + (done.pendingReturned() ? " pended" : ""));
                if (done.pendingReturned() && !answer.equals(STATUS_MORE_PROCESSING_REQUIRED)) {
                  done.markPending();
                }
                return answer;
              },
              name, true, true, true);
          NtStatus status = irp.io().callDriver(lower, irp);
          told.add(name + " returns " + status);
          return status;
        };
    return lower.io().attachDevice(new DriverObject(name).setMajorFunction(IRP_MJ_READ, read), name, null, lower);
  }

  private static Irp read(DeviceObject device) {
    return device.io().request(new FileObject("f", device), IRP_MJ_READ);
  }

  @Test
  void routinesAreCalledFromBelowUpwards() {
    onMachine(
        machine -> {
          DeviceObject bottom = bottom(machine, (device, irp) -> complete(irp, STATUS_SUCCESS, 9));
          DeviceObject middle = above(bottom, "middle", STATUS_CONTINUE_COMPLETION);
          Irp irp = read(above(middle, "top", STATUS_CONTINUE_COMPLETION));
          assertEquals(
              List.of("middle", "top", "middle returns STATUS_SUCCESS", "top returns STATUS_SUCCESS"), told);
          assertEquals(STATUS_SUCCESS, irp.userIosb().status());
          assertEquals(9, irp.userIosb().information());
        });
  }

  @Test
  void pendedBelowItIsPendedAllTheWayUp() {
    onMachine(
        machine -> {
          DeviceObject middle = above(bottom(machine, this::hold), "middle", STATUS_CONTINUE_COMPLETION);
          Irp irp = read(above(middle, "top", STATUS_CONTINUE_COMPLETION));
          assertEquals(List.of("middle returns STATUS_PENDING", "top returns STATUS_PENDING"), told);
          assertEquals(1, irp.currentStackLocation().control() & 1, "SL_PENDING_RETURNED");
          assertNull(irp.userIosb().status());
          told.clear();
          complete(held[0], STATUS_UNSUCCESSFUL, 0);
          assertEquals(List.of("middle pended", "top pended"), told);
          assertEquals(STATUS_UNSUCCESSFUL, irp.userIosb().status());
        });
  }

  @Test
  void whoseRoutineStopsTheWalkBeginsItAgainAboveHimself() {
    onMachine(
        machine -> {
          DeviceObject bottom = bottom(machine, (device, irp) -> complete(irp, STATUS_SUCCESS, 1));
          DriverDispatch stops =
              (device, irp) -> {
                irp.markPending();
                irp.copyCurrentStackLocationToNext();
                irp.setCompletionRoutine(
                    (own, done, context) -> {
                      told.add("stopped");
                      return STATUS_MORE_PROCESSING_REQUIRED;
                    },
                    null, true, true, true);
                irp.io().callDriver(bottom, irp);
                held[0] = irp;
                return STATUS_PENDING;
              };
          DeviceObject middle =
              bottom.io().attachDevice(new DriverObject("m").setMajorFunction(IRP_MJ_READ, stops), "m", null, bottom);
          Irp irp = read(above(middle, "top", STATUS_CONTINUE_COMPLETION));
          assertEquals(List.of("stopped", "top returns STATUS_PENDING"), told);
          assertSame(middle, irp.currentStackLocation().deviceObject());
          assertEquals(STATUS_SUCCESS, irp.status());
          told.clear();
          complete(held[0], STATUS_UNSUCCESSFUL, 2);
          assertEquals(List.of("top pended"), told);
          assertEquals(2, irp.userIosb().information());
        });
  }

  @ParameterizedTest
  @CsvSource({
    "0x00000000, true, false, false, true",
    "0x00000000, false, true, false, false",
    "0x00000102, true, false, false, true",
    "0x40000001, true, false, false, true",
    "0x80000011, true, false, false, false",
    "0x80000011, false, true, false, true",
    "0xC0000001, true, false, false, false",
    "0xC0000001, false, true, false, true",
    "0xC0000120, false, false, true, false",
    "0xC0000120, true, false, true, false",
    "0xC0000001, false, false, false, false"
  })
  void itIsCalledForTheStatusThatItWasSetFor(
      String code, boolean onSuccess, boolean onError, boolean onCancel, boolean called) {
    NtStatus status = NtStatus.of((int) Long.decode(code).longValue());
    onMachine(
        machine -> {
          DeviceObject bottom = bottom(machine, (device, irp) -> complete(irp, status, 0));
          DriverDispatch passes =
              (device, irp) -> {
                irp.copyCurrentStackLocationToNext();
                irp.setCompletionRoutine(
                    (own, done, context) -> {
                      told.add("called");
                      return STATUS_CONTINUE_COMPLETION;
                    },
                    null, onSuccess, onError, onCancel);
                return irp.io().callDriver(bottom, irp);
              };
          read(
              bottom
                  .io()
                  .attachDevice(new DriverObject("m").setMajorFunction(IRP_MJ_READ, passes), "m", null, bottom));
        });
    assertEquals(called ? List.of("called") : List.of(), told);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void onCancelCountsThatIoCancelIrpWasCalledAndNotTheStatus(boolean cancelled) {
    onMachine(
        machine -> {
          DeviceObject bottom = bottom(machine, this::hold);
          DriverDispatch passes =
              (device, irp) -> {
                irp.copyCurrentStackLocationToNext();
                irp.setCompletionRoutine(
                    (own, done, context) -> {
                      told.add("cancel is " + done.cancel());
                      done.markPending();
                      return STATUS_CONTINUE_COMPLETION;
                    },
                    null, false, false, true);
                return irp.io().callDriver(bottom, irp);
              };
          Irp irp =
              read(
                  bottom
                      .io()
                      .attachDevice(new DriverObject("m").setMajorFunction(IRP_MJ_READ, passes), "m", null, bottom));
          if (cancelled) {
            assertFalse(irp.io().cancelIrp(irp));
          }
          complete(held[0], cancelled ? STATUS_SUCCESS : STATUS_CANCELLED, 0);
        });
    assertEquals(cancelled ? List.of("cancel is true") : List.of(), told);
  }

  @Test
  void skippedALocationIsTheLowerDriversToo() {
    onMachine(
        machine -> {
          DeviceObject bottom =
              bottom(
                  machine,
                  (device, irp) -> {
                    assertSame(device, irp.currentStackLocation().deviceObject());
                    assertEquals(2, irp.currentLocation());
                    return complete(irp, STATUS_SUCCESS, 0);
                  });
          DeviceObject top =
              bottom
                  .io()
                  .attachDevice(
                      new DriverObject("t")
                          .setMajorFunction(
                              IRP_MJ_READ,
                              (device, irp) -> {
                                assertSame(device, irp.currentStackLocation().deviceObject());
                                irp.skipCurrentStackLocation();
                                return irp.io().callDriver(bottom, irp);
                              }),
                      "t", null, bottom);
          assertEquals(STATUS_SUCCESS, read(top).userIosb().status());
        });
  }

  @Test
  void aCopiedLocationHasAllButTheRoutine() {
    onMachine(
        machine -> {
          Irp irp = IoManager.of(machine).allocateIrp(2);
          FileObject file = new FileObject("f", bottom(machine, this::hold));
          irp.nextStackLocation().setMajorFunction(IRP_MJ_WRITE);
          irp.nextStackLocation().setMinorFunction(3);
          irp.nextStackLocation().setLength(4);
          irp.nextStackLocation().setByteOffset(5);
          irp.nextStackLocation().setFileObject(file);
          irp.setCompletionRoutine((own, done, context) -> STATUS_SUCCESS, "c", true, false, true);
          assertEquals(0x60, irp.nextStackLocation().control(), "on success and on cancel");
          irp.setNextStackLocation();
          assertEquals(2, irp.currentLocation());
          irp.copyCurrentStackLocationToNext();
          assertEquals(IRP_MJ_WRITE, irp.nextStackLocation().majorFunction());
          assertEquals(3, irp.nextStackLocation().minorFunction());
          assertEquals(4, irp.nextStackLocation().length());
          assertEquals(5, irp.nextStackLocation().byteOffset());
          assertSame(file, irp.nextStackLocation().fileObject());
          assertEquals(0, irp.nextStackLocation().control());
          assertNull(irp.nextStackLocation().completionRoutine());
        });
  }

  @Test
  void whoForwardsAndWaitsHasTheIrpAgain() {
    onMachine(
        machine -> {
          DeviceObject bottom = bottom(machine, (device, irp) -> complete(irp, STATUS_DEVICE_BUSY, 0));
          DeviceObject top =
              bottom
                  .io()
                  .attachDevice(
                      new DriverObject("t")
                          .setMajorFunction(
                              IRP_MJ_READ,
                              (device, irp) -> {
                                assertTrue(irp.io().forwardIrpSynchronously(bottom, irp));
                                assertEquals(STATUS_DEVICE_BUSY, irp.status());
                                assertEquals(2, irp.currentLocation());
                                return complete(irp, STATUS_TIMEOUT, 1);
                              }),
                      "t", null, bottom);
          assertEquals(STATUS_TIMEOUT, read(top).userIosb().status());
        });
  }

  @ParameterizedTest
  @EnumSource(value = Irql.class, names = {"PASSIVE_LEVEL", "APC_LEVEL", "DISPATCH_LEVEL"})
  void aCancelRoutineIsCalledOnce(Irql from) {
    onMachine(
        machine -> {
          DeviceObject bottom = bottom(machine, this::hold);
          Irp irp = read(bottom);
          IoManager io = irp.io();
          assertNull(irp.cancelRoutine());
          assertNull(
              irp.setCancelRoutine(
                  (device, cancelled) -> {
                    assertEquals(Irql.DISPATCH_LEVEL, Ke.getCurrentIrql());
                    assertSame(bottom, device);
                    assertSame(irp, cancelled);
                    assertTrue(cancelled.cancel());
                    assertNull(cancelled.cancelRoutine());
                    assertEquals(from, cancelled.cancelIrql());
                    io.releaseCancelSpinLock(cancelled.cancelIrql());
                    told.add("cancelled at " + Ke.getCurrentIrql());
                  }));
          Irql old = Ke.raiseIrql(from);
          assertFalse(irp.cancel());
          assertTrue(io.cancelIrp(irp));
          assertEquals(from, Ke.getCurrentIrql());
          assertTrue(irp.cancel());
          assertNull(irp.setCancelRoutine(null), "it was taken");
          assertFalse(io.cancelIrp(irp));
          assertEquals(from, Ke.getCurrentIrql());
          Ke.lowerIrql(old);
          complete(irp, STATUS_CANCELLED, 0);
          assertFalse(io.cancelIrp(irp), "completed");
          assertEquals(List.of("cancelled at " + from), told);
        });
  }

  @Test
  void aCancelRoutineIsExchanged() {
    onMachine(
        machine -> {
          Irp irp = read(bottom(machine, this::hold));
          DriverCancel first = (device, cancelled) -> {};
          DriverCancel second = (device, cancelled) -> {};
          assertNull(irp.setCancelRoutine(first));
          assertSame(first, irp.cancelRoutine());
          assertSame(first, irp.setCancelRoutine(second));
          assertSame(second, irp.setCancelRoutine(null));
          assertNull(irp.setCancelRoutine(null));
          assertFalse(irp.io().cancelIrp(irp));
          assertTrue(irp.cancel(), "it stays set");
          assertNull(irp.setCancelRoutine(first), "which cancels nothing");
          assertSame(first, irp.setCancelRoutine(null));
          complete(irp, STATUS_CANCELLED, 0);
        });
  }

  @Test
  void theCancelSpinLockTellsTheIrqlBefore() {
    onMachine(
        machine -> {
          IoManager io = IoManager.of(machine);
          Irql old = io.acquireCancelSpinLock();
          assertEquals(Irql.PASSIVE_LEVEL, old);
          assertEquals(Irql.DISPATCH_LEVEL, Ke.getCurrentIrql());
          io.releaseCancelSpinLock(old);
          Irql passive = Ke.raiseIrqlToDpcLevel();
          assertEquals(Irql.DISPATCH_LEVEL, io.acquireCancelSpinLock());
          io.releaseCancelSpinLock(Irql.DISPATCH_LEVEL);
          Ke.lowerIrql(passive);
          assertEquals(Irql.PASSIVE_LEVEL, Ke.getCurrentIrql());
        });
  }

  @Test
  void whatNobodyHasRegisteredIsAnInvalidRequest() {
    onMachine(
        machine -> {
          DeviceObject device = IoManager.of(machine).createDevice(new DriverObject("d"), "d", null);
          assertEquals(NtStatus.STATUS_INVALID_DEVICE_REQUEST, read(device).userIosb().status());
        });
  }
}
