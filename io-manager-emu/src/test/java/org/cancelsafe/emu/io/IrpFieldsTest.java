package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_CREATE;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_DEVICE_CONTROL;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_INTERNAL_DEVICE_CONTROL;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_WRITE;
import static org.cancelsafe.emu.io.NtStatus.STATUS_MORE_PROCESSING_REQUIRED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.cancelsafe.emu.io.NtStatus.STATUS_UNSUCCESSFUL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KProcessorMode;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is in an IRP, field by field, after each routine that makes or remakes one. */
@Timeout(60)
class IrpFieldsTest {
  private static DeviceObject device(Machine machine) {
    return Drivers.device(machine, Drivers.completing(STATUS_SUCCESS));
  }

  private static void assertNew(Irp irp, int stackSize, NtStatus status) {
    assertEquals(Irp.IO_TYPE_IRP, irp.type());
    assertEquals(Irp.sizeOfIrp(stackSize), irp.size());
    assertEquals(stackSize, irp.stackCount());
    assertEquals(stackSize + 1, irp.currentLocation());
    assertEquals(status, irp.status());
    assertEquals(0, irp.information());
    assertEquals(0, irp.flags());
    assertFalse(irp.pendingReturned());
    assertFalse(irp.cancel());
    assertNull(irp.cancelRoutine());
    assertEquals(Irql.PASSIVE_LEVEL, irp.cancelIrql());
    assertEquals(0, irp.irpCount());
    assertNull(irp.masterIrp());
    assertFalse(irp.listEntry().isLinked());
    IoStackLocation next = irp.nextStackLocation();
    assertEquals(IRP_MJ_CREATE, next.majorFunction(), "0");
    assertEquals(0, next.minorFunction());
    assertEquals(0, next.control());
    assertEquals(0, next.length());
    assertNull(next.deviceObject());
    assertNull(next.fileObject());
    assertNull(next.completionRoutine());
  }

  @Test
  void allocated() {
    onMachine(
        machine -> {
          Irp irp = IoManager.of(machine).allocateIrp(3);
          assertNew(irp, 3, STATUS_SUCCESS);
          assertEquals(KProcessorMode.KERNEL_MODE, irp.requestorMode());
          assertNull(irp.systemBuffer());
          assertNull(irp.userBuffer());
          assertNull(irp.mdlAddress());
          assertNull(irp.userEvent());
          assertNull(irp.thread());
          for (int i = 0; i < 4; i++) {
            assertNull(irp.driverContext(i));
          }
          assertEquals(Irp.sizeOfIrp(0) + 3 * (Irp.sizeOfIrp(1) - Irp.sizeOfIrp(0)), irp.size());
        });
  }

  @Test
  void reused() {
    onMachine(
        machine -> {
          DeviceObject device = device(machine);
          Irp irp = device.io().allocateIrp(1);
          irp.nextStackLocation().setMajorFunction(IRP_MJ_READ);
          irp.nextStackLocation().setMinorFunction(7);
          irp.nextStackLocation().setLength(8);
          irp.setCompletionRoutine((own, mine, context) -> STATUS_MORE_PROCESSING_REQUIRED, "c", true, true, true);
          assertEquals(0xE0, irp.nextStackLocation().control());
          device.io().cancelIrp(irp);
          assertTrue(irp.cancel());
          device.io().callDriver(device, irp);
          irp.setIoStatus(STATUS_UNSUCCESSFUL, 9);
          irp.reuse(NtStatus.STATUS_NOT_SUPPORTED);
          assertNew(irp, 1, NtStatus.STATUS_NOT_SUPPORTED);
        });
  }

  @Test
  void initialized() {
    onMachine(
        machine -> {
          Irp irp = IoManager.of(machine).allocateIrp(2, false);
          irp.setIoStatus(STATUS_UNSUCCESSFUL, 9);
          irp.nextStackLocation().setMajorFunction(IRP_MJ_WRITE);
          irp.initialize(Irp.sizeOfIrp(2), 2);
          assertNew(irp, 2, STATUS_SUCCESS);
        });
  }

  @Test
  void builtForAFileSystemsRequest() {
    onMachine(
        machine -> {
          DeviceObject device = device(machine);
          KEvent event = new KEvent("E", KEvent.Type.NOTIFICATION_EVENT, false);
          IoStatusBlock block = new IoStatusBlock();
          Irp irp = device.io().buildSynchronousFsdRequest(IRP_MJ_READ, device, "data", 4, 512, event, block);
          assertEquals(1, irp.stackCount());
          assertEquals(2, irp.currentLocation());
          assertSame(event, irp.userEvent());
          assertSame(Activity.current(), irp.thread());
          assertFalse(irp.cancel());
          IoStackLocation next = irp.nextStackLocation();
          assertEquals(IRP_MJ_READ, next.majorFunction());
          assertEquals(4, next.length());
          assertEquals(512, next.byteOffset());
          assertEquals(0, next.control());
          assertNull(next.deviceObject());
          assertNull(next.fileObject());
          assertNull(next.completionRoutine());
          assertFalse(event.readState());
          assertNull(block.status());
          assertEquals(STATUS_SUCCESS, device.io().callDriver(device, irp));
          assertTrue(event.readState());
          assertEquals(STATUS_SUCCESS, block.status());
        });
  }

  @Test
  void builtAsynchronously() {
    onMachine(
        machine -> {
          DeviceObject device = device(machine);
          IoStatusBlock block = new IoStatusBlock();
          Irp irp = device.io().buildAsynchronousFsdRequest(IRP_MJ_READ, device, "data", 4, 0, block);
          assertNull(irp.userEvent());
          assertSame(Activity.current(), irp.thread());
          assertEquals(2, irp.currentLocation());
          irp.setCompletionRoutine(
              (own, mine, context) -> {
                assertNull(own, "its maker has no location");
                assertEquals(2, mine.currentLocation());
                assertEquals(STATUS_SUCCESS, mine.status());
                mine.io().freeIrp(mine);
                return STATUS_MORE_PROCESSING_REQUIRED;
              },
              null, true, true, true);
          assertEquals(STATUS_SUCCESS, device.io().callDriver(device, irp));
          assertNull(block.status(), "the walk was stopped");
        });
  }

  @Test
  void builtForAControlCode() {
    onMachine(
        machine -> {
          DeviceObject device = device(machine);
          for (boolean internal : new boolean[] {false, true}) {
            Irp irp =
                device
                    .io()
                    .buildDeviceIoControlRequest(
                        0x222004, device, "in", 2, "out", 3, internal, null, new IoStatusBlock());
            IoStackLocation next = irp.nextStackLocation();
            assertEquals(
                internal ? IRP_MJ_INTERNAL_DEVICE_CONTROL : IRP_MJ_DEVICE_CONTROL, next.majorFunction());
            assertEquals(0x222004, next.ioControlCode());
            assertEquals(2, next.inputBufferLength());
            assertEquals(3, next.outputBufferLength());
            assertEquals(KProcessorMode.KERNEL_MODE, irp.requestorMode());
            assertEquals("in", irp.systemBuffer());
            assertEquals("out", irp.userBuffer());
            device.io().callDriver(device, irp);
          }
        });
  }

  @Test
  void associated() {
    onMachine(
        machine -> {
          Irp[] master = new Irp[1];
          DeviceObject device =
              Drivers.device(
                  machine,
                  (own, irp) -> {
                    irp.markPending();
                    master[0] = irp;
                    return NtStatus.STATUS_PENDING;
                  });
          DeviceObject lower = device(machine);
          Irp whole = Drivers.read(machine, device);
          Irp part = master[0].makeAssociatedIrp(1);
          assertNotNull(part);
          assertEquals(Irp.IRP_ASSOCIATED_IRP, part.flags());
          assertSame(whole, part.masterIrp());
          assertEquals(1, whole.irpCount());
          assertEquals(0, whole.flags());
          part.nextStackLocation().setMajorFunction(IRP_MJ_READ);
          device.io().callDriver(lower, part);
          assertEquals(STATUS_SUCCESS, whole.userIosb().status());
        });
  }

  @Test
  void sentItsLocationIsTheDrivers() {
    onMachine(
        machine -> {
          DeviceObject lower =
              Drivers.device(
                  machine,
                  (own, irp) -> {
                    assertEquals(2, irp.currentLocation(), "skipped, the upper driver's");
                    assertSame(own, irp.currentStackLocation().deviceObject());
                    return Drivers.complete(irp, STATUS_SUCCESS);
                  });
          DeviceObject upper =
              Drivers.above(
                  machine,
                  lower,
                  (own, irp) -> {
                    assertEquals(2, irp.currentLocation());
                    irp.skipCurrentStackLocation();
                    assertEquals(3, irp.currentLocation());
                    return own.io().callDriver(lower, irp);
                  });
          Irp irp = device(machine).io().allocateIrp(2);
          irp.nextStackLocation().setMajorFunction(IRP_MJ_READ);
          irp.setCompletionRoutine((own, mine, context) -> STATUS_MORE_PROCESSING_REQUIRED, null, true, true, true);
          assertEquals(3, irp.currentLocation());
          upper.io().callDriver(upper, irp);
        });
  }
}
