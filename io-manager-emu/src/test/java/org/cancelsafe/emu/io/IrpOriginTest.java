package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_DEVICE_CONTROL;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_INTERNAL_DEVICE_CONTROL;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_MORE_PROCESSING_REQUIRED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.cancelsafe.emu.io.NtStatus.STATUS_UNSUCCESSFUL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KProcessorMode;
import org.cancelsafe.emu.ke.KThread;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.emu.verifier.Verifier;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threaded, asynchronous and associated IRPs: who is told of their end, and who frees them. */
@Timeout(60)
class IrpOriginTest {
  private final KEvent event = new KEvent("done", KEvent.Type.NOTIFICATION_EVENT, false);
  private final IoStatusBlock iosb = new IoStatusBlock();
  private final List<Irp> pended = new ArrayList<>();

  private Irp threadedRead(DeviceObject device) {
    return device.io().buildSynchronousFsdRequest(IRP_MJ_READ, device, "buffer", 512, 4096, event, iosb);
  }

  private NtStatus keep(DeviceObject device, Irp irp) {
    pended.add(irp);
    return Drivers.pend(device, irp);
  }

  /** Pends, and completes when it is cancelled. */
  private static NtStatus pendCancelable(DeviceObject device, Irp irp) {
    irp.markPending();
    irp.setCancelRoutine(
        (own, cancelled) -> {
          cancelled.io().releaseCancelSpinLock(cancelled.cancelIrql());
          Drivers.complete(cancelled, STATUS_CANCELLED);
        });
    return STATUS_PENDING;
  }

  @Test
  @Statement({88, 89})
  void asynchronousCompletionSignalsTheEventAndWritesTheStatusBlock() {
    onMachine(
        machine -> {
          DeviceObject device = Drivers.device(machine, this::keep);
          Irp irp = threadedRead(device);
          assertEquals(STATUS_PENDING, device.io().callDriver(device, irp));
          assertFalse(event.readState());
          assertNull(iosb.status());
          machine.startThread(
              "completer",
              () -> {
                irp.setIoStatus(STATUS_UNSUCCESSFUL, 7);
                irp.io().completeRequest(irp, IoManager.IO_NO_INCREMENT);
              });
          event.waitForSingleObject();
          assertEquals(STATUS_UNSUCCESSFUL, iosb.status());
          assertEquals(7, iosb.information());
        });
  }

  @Test
  @Statement({88, 89})
  void soDoesASynchronousSuccess() {
    onMachine(
        machine -> {
          DeviceObject device = Drivers.device(machine, Drivers.completing(STATUS_SUCCESS));
          assertEquals(STATUS_SUCCESS, device.io().callDriver(device, threadedRead(device)));
          assertTrue(event.readState());
          assertEquals(STATUS_SUCCESS, iosb.status());
        });
  }

  @Test
  @Statement(90)
  void aSynchronousFailureDoesNeither() {
    onMachine(
        machine -> {
          DeviceObject device = Drivers.device(machine, Drivers.completing(STATUS_UNSUCCESSFUL));
          assertEquals(STATUS_UNSUCCESSFUL, device.io().callDriver(device, threadedRead(device)));
          assertFalse(event.readState());
          assertNull(iosb.status());
          assertEquals("not completed", iosb.toString());
        });
  }

  @Test
  void aWarningIsNoFailure() {
    onMachine(
        machine -> {
          DeviceObject device = Drivers.device(machine, Drivers.completing(NtStatus.STATUS_DEVICE_BUSY));
          device.io().callDriver(device, threadedRead(device));
          assertTrue(event.readState());
          assertEquals(NtStatus.STATUS_DEVICE_BUSY, iosb.status());
        });
  }

  @Test
  void theRequestIsInTheNextLocation() {
    onMachine(
        machine -> {
          Irp irp = threadedRead(Drivers.device(machine, Drivers::pend));
          IoStackLocation next = irp.nextStackLocation();
          assertEquals(IRP_MJ_READ, next.majorFunction());
          assertEquals(512, next.length());
          assertEquals(4096, next.byteOffset());
          assertEquals("buffer", irp.systemBuffer());
          assertSame(Activity.current(), irp.thread());
          irp.io().callDriver(Drivers.device(machine, Drivers.completing(STATUS_SUCCESS)), irp);
        });
  }

  @Test
  @Statement({50, 91})
  void theIoManagerFreesAThreadedIrp() {
    BugCheck stop =
        stopsWith(
            Rule.FREE_THREADED_IRP,
            machine -> {
              Irp irp = threadedRead(Drivers.device(machine, Drivers::pend));
              irp.io().freeIrp(irp);
            });
    assertEquals(0x02, stop.parameters().get(0));
    assertEquals(0xC9, stop.code().code());
    BugCheck touched =
        stopsWith(
            Rule.IRP_TOUCHED_AFTER_COMPLETION,
            machine -> {
              DeviceObject device = Drivers.device(machine, Drivers.completing(STATUS_SUCCESS));
              Irp irp = threadedRead(device);
              device.io().callDriver(device, irp);
              device.io().cancelIrp(irp);
            });
    assertTrue(touched.explanation().endsWith("which was freed"), touched.explanation());
  }

  @Test
  @Statement({92, 93})
  void aDeviceIoControlRequest() {
    onMachine(
        machine -> {
          IoManager io = IoManager.of(machine);
          DriverObject driver =
              new DriverObject("driver")
                  .setMajorFunction(IRP_MJ_DEVICE_CONTROL, Drivers::pend)
                  .setMajorFunction(IRP_MJ_INTERNAL_DEVICE_CONTROL, Drivers::pend);
          DeviceObject device = io.createDevice(driver, "device", null);
          for (boolean internal : new boolean[] {true, false}) {
            Irp irp =
                io.buildDeviceIoControlRequest(0x222004, device, "in", 2, "out", 3, internal, event, iosb);
            IoStackLocation next = irp.nextStackLocation();
            assertEquals(internal ? IRP_MJ_INTERNAL_DEVICE_CONTROL : IRP_MJ_DEVICE_CONTROL, next.majorFunction());
            assertEquals(KProcessorMode.KERNEL_MODE, irp.requestorMode());
            assertEquals(0x222004, next.ioControlCode());
            assertEquals(2, next.inputBufferLength());
            assertEquals(3, next.outputBufferLength());
            assertEquals("in", irp.systemBuffer());
            assertEquals("out", irp.userBuffer());
            io.callDriver(device, irp);
            Drivers.complete(irp, STATUS_SUCCESS);
          }
          assertTrue(event.readState());
        });
  }

  @Test
  @Statement(94)
  void aThreadThatExitsCancelsItsIrpsAndWaitsForThem() {
    onMachine(
        machine -> {
          DeviceObject device = Drivers.device(machine, IrpOriginTest::pendCancelable);
          DeviceObject slow = Drivers.device(machine, this::keep);
          KEvent sent = new KEvent("sent", KEvent.Type.SYNCHRONIZATION_EVENT, false);
          KThread thread =
              KThread.createSystemThread(
                  machine,
                  "requester",
                  () -> {
                    device.io().callDriver(device, threadedRead(device));
                    Irp late = slow.io().buildDeviceIoControlRequest(1, slow, null, 0, null, 0, true, null, iosb);
                    late.nextStackLocation().setMajorFunction(IRP_MJ_READ);
                    slow.io().callDriver(slow, late);
                    sent.set();
                  });
          sent.waitForSingleObject();
          event.waitForSingleObject();
          assertEquals(STATUS_CANCELLED, iosb.status());
          Irp late = pended.get(0);
          while (!late.cancel()) {
            Ke.delayExecutionThread(1);
          }
          Drivers.complete(late, STATUS_SUCCESS);
          thread.waitForSingleObject();
        });
  }

  @Test
  @Statement(49)
  void anAllocatedIrpIsNotCancelledWhenItsThreadExits() {
    onMachine(
        machine -> {
          DeviceObject device = Drivers.device(machine, this::keep);
          KThread thread =
              KThread.createSystemThread(
                  machine,
                  "requester",
                  () -> {
                    Irp irp = device.io().allocateIrp(1);
                    irp.nextStackLocation().setMajorFunction(IRP_MJ_READ);
                    irp.setCompletionRoutine(
                        (own, mine, context) -> STATUS_MORE_PROCESSING_REQUIRED, null, true, true, true);
                    device.io().callDriver(device, irp);
                  });
          thread.waitForSingleObject();
          Irp irp = pended.get(0);
          assertFalse(irp.cancel());
          assertNull(irp.thread());
          Drivers.complete(irp, STATUS_SUCCESS);
          irp.io().freeIrp(irp);
        });
  }

  @Test
  @Statement(95)
  void anAsynchronousIrpNamesItsThreadAndIsNotOnItsList() {
    onMachine(
        machine -> {
          DeviceObject device = Drivers.device(machine, this::keep);
          Activity[] requester = new Activity[1];
          machine.startThread(
              "requester",
              () -> {
                requester[0] = Activity.current();
                Irp irp = device.io().buildAsynchronousFsdRequest(IRP_MJ_READ, device, "b", 1, 0, iosb);
                irp.setCompletionRoutine(
                    (own, mine, context) -> STATUS_MORE_PROCESSING_REQUIRED, null, true, true, true);
                assertSame(Activity.current(), irp.thread());
                device.io().callDriver(device, irp);
                event.set();
              });
          event.waitForSingleObject();
          Irp irp = pended.get(0);
          assertSame(requester[0], irp.thread());
          assertFalse(irp.cancel());
          Drivers.complete(irp, STATUS_SUCCESS);
          irp.io().freeIrp(irp);
        });
  }

  @Test
  void anAsynchronousIrpThatGoesAllTheWayWritesTheStatusBlock() {
    onMachine(
        machine -> {
          DeviceObject device = Drivers.device(machine, Drivers.completing(STATUS_UNSUCCESSFUL));
          device
              .io()
              .callDriver(device, device.io().buildAsynchronousFsdRequest(IRP_MJ_READ, device, null, 0, 0, iosb));
          assertEquals(STATUS_UNSUCCESSFUL, iosb.status());
        });
  }

  @Test
  @Statement(96)
  void associatedIrpsAreNotCancelledByRundownButTheirMasterIs() {
    List<String> cancelled = new ArrayList<>();
    onMachine(
        machine -> {
          DeviceObject lower = Drivers.device(machine, this::keep);
          DeviceObject upper =
              Drivers.above(
                  machine,
                  lower,
                  (device, master) -> {
                    Irp part = part(lower, master);
                    master.markPending();
                    master.setCancelRoutine(
                        (own, irp) -> {
                          irp.io().releaseCancelSpinLock(irp.cancelIrql());
                          cancelled.add("master");
                          assertFalse(part.cancel());
                        });
                    lower.io().callDriver(lower, part);
                    return STATUS_PENDING;
                  });
          machine.startThread("requester", () -> upper.io().callDriver(upper, threadedRead(upper)));
          while (cancelled.isEmpty()) {
            Ke.delayExecutionThread(1);
          }
          Drivers.complete(pended.get(0), STATUS_SUCCESS);
          event.waitForSingleObject();
          assertEquals(List.of("master"), cancelled);
        });
  }

  private static Irp part(DeviceObject lower, Irp master) {
    Irp part = master.makeAssociatedIrp(lower.stackSize());
    part.nextStackLocation().setMajorFunction(IRP_MJ_READ);
    assertSame(master, part.masterIrp());
    return part;
  }

  @Test
  @Statement(97)
  void theMasterIsCompletedAfterItsLastAssociatedIrp() {
    onMachine(
        machine -> {
          DeviceObject lower = Drivers.device(machine, this::keep);
          DeviceObject upper =
              Drivers.above(
                  machine,
                  lower,
                  (device, master) -> {
                    Irp first = part(lower, master);
                    Irp second = part(lower, master);
                    assertEquals(2, master.irpCount());
                    master.markPending();
                    master.setIoStatus(STATUS_SUCCESS, 99);
                    lower.io().callDriver(lower, first);
                    lower.io().callDriver(lower, second);
                    return STATUS_PENDING;
                  });
          Irp master = Drivers.read(machine, upper);
          assertNull(master.masterIrp());
          Drivers.complete(pended.get(1), STATUS_UNSUCCESSFUL);
          assertEquals(1, master.irpCount());
          assertNull(master.userIosb().status());
          Drivers.complete(pended.get(0), STATUS_SUCCESS);
          assertEquals(STATUS_SUCCESS, master.userIosb().status());
          assertEquals(99, master.userIosb().information());
        });
  }

  @Test
  void anAssociatedIrpWhoseRoutineStopsTheWalkIsItsDriversToFree() {
    onMachine(
        machine -> {
          DeviceObject lower = Drivers.device(machine, Drivers.completing(STATUS_SUCCESS));
          Irp master = IoManager.of(machine).allocateIrp(1);
          Irp part = part(lower, master);
          part.setCompletionRoutine(
              (own, irp, context) -> STATUS_MORE_PROCESSING_REQUIRED, null, true, true, true);
          lower.io().callDriver(lower, part);
          assertEquals(1, master.irpCount());
          lower.io().freeIrp(part);
        });
  }

  @Test
  @Statement(55)
  void reuseOfWhatIoAllocateIrpDidNotGive() {
    stopsWith(
        Rule.REUSE_NOT_ALLOCATED,
        machine -> threadedRead(Drivers.device(machine, Drivers::pend)).reuse(STATUS_SUCCESS));
    stopsWith(
        Rule.REUSE_NOT_ALLOCATED,
        machine -> IoManager.of(machine).allocateIrp(1).makeAssociatedIrp(1).reuse(STATUS_SUCCESS));
    stopsWith(
        Rule.REUSE_NOT_ALLOCATED,
        machine -> {
          DeviceObject device = Drivers.device(machine, Drivers::pend);
          device.io().buildAsynchronousFsdRequest(IRP_MJ_READ, device, null, 0, 0, null).reuse(STATUS_SUCCESS);
        });
  }

  @Test
  @Statement(53)
  void initialisingWhatIoAllocateIrpGave() {
    BugCheck stop =
        stopsWith(
            Rule.INITIALIZE_ALLOCATED,
            machine -> IoManager.of(machine).allocateIrp(2).initialize(Irp.sizeOfIrp(2), 2));
    assertEquals(0x20D, stop.parameters().get(0));
    stopsWith(
        Rule.INITIALIZE_ALLOCATED,
        machine -> IoManager.of(machine).allocateIrp(2, true).initialize(Irp.sizeOfIrp(2), 2));
    onMachine(
        machine -> {
          Irp uncharged = IoManager.of(machine).allocateIrp(2, false);
          uncharged.setIoStatus(STATUS_UNSUCCESSFUL, 5);
          uncharged.initialize(Irp.sizeOfIrp(2), 2);
          assertEquals(STATUS_SUCCESS, uncharged.status());
          assertEquals(2, uncharged.stackCount());
          assertThrows(IllegalArgumentException.class, () -> uncharged.initialize(1, 2));
        });
  }

  @Test
  @Statement(52)
  void freeingAnIrpDoesNotFreeItsMdl() {
    onMachine(
        machine -> {
          Irp irp = IoManager.of(machine).allocateIrp(1);
          Mdl mdl = new Mdl("buffer", 16);
          irp.setMdlAddress(mdl);
          assertSame(mdl, irp.mdlAddress());
          irp.io().freeIrp(irp);
          assertFalse(mdl.isFreed());
          assertEquals("buffer", mdl.buffer());
          mdl.free();
          assertThrows(IllegalStateException.class, mdl::free);
          assertThrows(IllegalStateException.class, mdl::buffer);
        });
  }

  @Test
  @Statement(51)
  void freeingAnIrpThatADriverHas() {
    stopsWith(
        Rule.FREE_IN_USE,
        machine -> {
          DeviceObject device = Drivers.device(machine, this::keep);
          Irp irp = Drivers.read(machine, device);
          irp.io().freeIrp(irp);
        });
  }

  @Test
  @Statement(100)
  void anIrpThatTakesTooLongIsDetachedAndLogged() {
    onMachine(
        Machine.live().verifier(Verifier.OFF),
        machine -> {
          IoManager io = IoManager.of(machine);
          io.setThreadIoLimit(Duration.ofMillis(20));
          DeviceObject device = Drivers.device(machine, this::keep);
          KThread thread =
              KThread.createSystemThread(
                  machine, "requester", () -> device.io().callDriver(device, threadedRead(device)));
          thread.waitForSingleObject();
          Irp late = pended.get(0);
          assertTrue(late.cancel());
          assertNull(late.thread());
          assertEquals(
              List.of(
                  "IRP#1 of device was cancelled when requester exited, and was not completed within 20 ms"),
              io.errorLog());
          Drivers.complete(late, STATUS_SUCCESS);
          assertFalse(event.readState());
          assertNull(iosb.status());
        });
  }

  @Test
  void anIrpIsBuiltAtApcLevelOrBelow() {
    stopsWith(
        Rule.IRQL_IO_APC_LTE,
        machine -> {
          DeviceObject device = Drivers.device(machine, Drivers::pend);
          Ke.raiseIrqlToDpcLevel();
          threadedRead(device);
        });
  }
}
