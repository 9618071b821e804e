package org.cancelsafe.emu.ported;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_DEVICE_CONTROL;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_MORE_PROCESSING_REQUIRED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.IoStackLocation;
import org.cancelsafe.emu.io.IoStatusBlock;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.Mdl;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KStatus;
import org.cancelsafe.emu.machine.Machine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is easily taken for granted: kinds of statuses, places of parameters, and the IRPs of a thread. */
@Timeout(60)
class SmallPrintTest {
  private final List<String> told = new ArrayList<>();

  @ParameterizedTest
  @CsvSource({
    "0x00000000, true, false",
    "0x00000103, true, false",
    "0x3FFFFFFF, true, false",
    "0x40000000, true, false",
    "0x7FFFFFFF, true, false",
    "0x80000005, false, false",
    "0xBFFFFFFF, false, false",
    "0xC0000001, false, true",
    "0xFFFFFFFF, false, true"
  })
  void aStatusIsSuccessWarningOrError(String code, boolean success, boolean error) {
    NtStatus status = NtStatus.of((int) Long.decode(code).longValue());
    assertEquals(success, status.isSuccess(), "NT_SUCCESS");
    assertEquals(error, status.isError(), "NT_ERROR");
  }

  @Test
  void equalCodesAreEqualStatuses() {
    assertSame(STATUS_PENDING, NtStatus.of(0x103));
    assertSame(STATUS_CANCELLED, NtStatus.of(0xC0000120));
    assertEquals(NtStatus.STATUS_TIMEOUT, NtStatus.of(KStatus.STATUS_TIMEOUT));
    assertEquals("NTSTATUS 0xC0001234", NtStatus.of(0xC0001234).toString());
    assertEquals(NtStatus.of(0xC0001234), NtStatus.of(0xC0001234));
  }

  @Test
  void aControlCodesParametersHavePlacesOfTheirOwn() {
    onMachine(
        machine -> {
          IoStackLocation next = IoManager.of(machine).allocateIrp(1).nextStackLocation();
          next.setMajorFunction(IRP_MJ_DEVICE_CONTROL);
          next.setIoControlCode(0x80002000);
          next.setInputBufferLength(11);
          next.setOutputBufferLength(12);
          assertEquals(0x80002000, next.ioControlCode());
          assertEquals(11, next.inputBufferLength());
          assertEquals(12, next.outputBufferLength());
          assertEquals(12, next.length(), "a union");
          next.setByteOffset(1L << 40 | 7);
          assertEquals(7, next.ioControlCode(), "another one");
        });
  }

  @Test
  void anMdlIsItsAllocators() {
    onMachine(
        machine -> {
          IoManager io = IoManager.of(machine);
          Irp irp = io.allocateIrp(1);
          Mdl first = io.allocateMdl("one", 3, false, false, irp);
          Mdl second = io.allocateMdl("two", 4, true, false, irp);
          Mdl alone = io.allocateMdl("three", 5, false, false, null);
          assertNotNull(first);
          assertNotNull(second);
          assertNotNull(alone);
          assertSame(first, irp.mdlAddress());
          assertSame(second, first.next());
          assertNull(second.next());
          assertEquals(4, second.byteCount());
          assertEquals("two", second.buffer());
          io.freeIrp(irp);
          assertFalse(first.isFreed());
          first.free();
          assertTrue(first.isFreed());
          assertEquals("three", alone.buffer());
        });
  }

  private DeviceObject pending(Machine machine) {
    DriverObject driver =
        new DriverObject("driver")
            .setMajorFunction(
                IRP_MJ_READ,
                (device, irp) -> {
                  irp.markPending();
                  irp.setCancelRoutine(
                      (own, cancelled) -> {
                        own.io().releaseCancelSpinLock(cancelled.cancelIrql());
                        told.add("cancelled");
                        cancelled.setIoStatus(STATUS_CANCELLED, 0);
                        own.io().completeRequest(cancelled);
                      });
                  if (irp.cancel()) {
                    told.add("cancelled before");
                  }
                  return STATUS_PENDING;
                });
    return IoManager.of(machine).createDevice(driver, "dev", null);
  }

  @Test
  void aThreadCancelsItsRequestsAndWaitsForThem() {
    onMachine(
        machine -> {
          DeviceObject device = pending(machine);
          KEvent event = new KEvent("E", KEvent.Type.NOTIFICATION_EVENT, false);
          IoStatusBlock block = new IoStatusBlock();
          Irp irp = device.io().buildSynchronousFsdRequest(IRP_MJ_READ, device, null, 0, 0, event, block);
          assertEquals(STATUS_PENDING, device.io().callDriver(device, irp));
          assertEquals(List.of(), told);
          device.io().cancelThreadIo();
          assertEquals(List.of("cancelled"), told);
          assertEquals(STATUS_CANCELLED, block.status());
          assertTrue(event.readState());
          device.io().cancelThreadIo();
          assertEquals(1, told.size(), "none is left");
        });
  }

  @Test
  void aRequestOfAnotherKindIsLeftAlone() {
    onMachine(
        machine -> {
          DeviceObject device = pending(machine);
          Irp irp = device.io().buildAsynchronousFsdRequest(IRP_MJ_READ, device, null, 0, 0, null);
          irp.setCompletionRoutine(
              (own, mine, context) -> {
                told.add("completed with " + mine.status());
                mine.io().freeIrp(mine);
                return STATUS_MORE_PROCESSING_REQUIRED;
              },
              null, true, true, true);
          device.io().callDriver(device, irp);
          device.io().cancelThreadIo();
          assertEquals(List.of(), told);
          assertTrue(device.io().cancelIrp(irp));
          assertEquals(List.of("cancelled", "completed with STATUS_CANCELLED"), told);
        });
  }

  @Test
  void aMasterEndsWithItsLastPart() {
    onMachine(
        machine -> {
          DeviceObject lower =
              IoManager.of(machine)
                  .createDevice(
                      new DriverObject("lower")
                          .setMajorFunction(
                              IRP_MJ_READ,
                              (device, irp) -> {
                                irp.setIoStatus(STATUS_SUCCESS, 1);
                                device.io().completeRequest(irp);
                                return STATUS_SUCCESS;
                              }),
                      "lower",
                      null);
          DriverObject splits =
              new DriverObject("splits")
                  .setMajorFunction(
                      IRP_MJ_READ,
                      (device, master) -> {
                        master.markPending();
                        Irp one = master.makeAssociatedIrp(1);
                        Irp two = master.makeAssociatedIrp(1);
                        assertEquals(2, master.irpCount());
                        master.setIoStatus(STATUS_SUCCESS, 7);
                        for (Irp part : new Irp[] {one, two}) {
                          part.nextStackLocation().setMajorFunction(IRP_MJ_READ);
                          assertFalse(told.contains("done"));
                          device.io().callDriver(lower, part);
                        }
                        return STATUS_PENDING;
                      });
          DeviceObject upper = IoManager.of(machine).createDevice(splits, "upper", null);
          IoStatusBlock block = new IoStatusBlock();
          KEvent event = new KEvent("E", KEvent.Type.NOTIFICATION_EVENT, false);
          Irp irp = upper.io().buildSynchronousFsdRequest(IRP_MJ_READ, upper, null, 0, 0, event, block);
          assertEquals(STATUS_PENDING, upper.io().callDriver(upper, irp));
          assertTrue(event.readState());
          assertEquals(STATUS_SUCCESS, block.status());
          assertEquals(7, block.information());
        });
  }
}
