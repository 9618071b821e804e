package org.cancelsafe.emu.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Verifier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class IoStatusBlockTest {
  @ParameterizedTest
  @EnumSource(Verifier.class)
  void tellsHowARequestEndedUntilTheIrpIsReused(Verifier verifier) {
    try (Machine machine = Machine.live().verifier(verifier).build()) {
      machine.run(
          () -> {
            IoManager io = IoManager.of(machine);
            Irp irp = io.allocateIrp(1);
            irp.setNextStackLocation();
            IoStatusBlock block = irp.userIosb();
            irp.setIoStatus(NtStatus.STATUS_CANCELLED, 7);
            assertNull(block.status());
            assertEquals(0, block.information());
            io.completeRequest(irp);
            assertEquals(NtStatus.STATUS_CANCELLED, block.status());
            assertEquals(7, block.information());
            irp.reuse(NtStatus.STATUS_SUCCESS);
            assertNull(block.status());
            io.freeIrp(irp);
            assertNull(block.status());
          });
    }
  }

  @ParameterizedTest
  @EnumSource(Verifier.class)
  void outlivesItsIrp(Verifier verifier) {
    try (Machine machine = Machine.live().verifier(verifier).build()) {
      machine.run(
          () -> {
            IoManager io = IoManager.of(machine);
            Irp irp = io.allocateIrp(1);
            irp.setNextStackLocation();
            irp.setIoStatus(NtStatus.STATUS_SUCCESS, 512);
            io.completeRequest(irp);
            io.freeIrp(irp);
            assertEquals(NtStatus.STATUS_SUCCESS, irp.userIosb().status());
            assertEquals(512, irp.userIosb().information());
          });
    }
  }

  @ParameterizedTest
  @EnumSource(Verifier.class)
  void aReusedIrpHasCleanStackLocations(Verifier verifier) {
    try (Machine machine = Machine.live().verifier(verifier).build()) {
      machine.run(
          () -> {
            IoManager io = IoManager.of(machine);
            Irp irp = io.allocateIrp(2);
            irp.setNextStackLocation();
            IoStackLocation top = irp.currentStackLocation();
            IoStackLocation below = irp.nextStackLocation();
            top.setMajorFunction(MajorFunction.IRP_MJ_READ);
            top.setMinorFunction(3);
            below.setLength(9);
            irp.setCompletionRoutine((device, it, context) -> NtStatus.STATUS_SUCCESS, this, true, true, true);
            irp.markPending();
            io.completeRequest(irp);
            irp.reuse(NtStatus.STATUS_SUCCESS);
            for (IoStackLocation location : new IoStackLocation[] {top, below}) {
              assertEquals(MajorFunction.IRP_MJ_CREATE, location.majorFunction());
              assertEquals(0, location.minorFunction());
              assertEquals(0, location.length());
              assertEquals(0, location.control());
              assertNull(location.completionRoutine());
            }
          });
    }
  }
}
