package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.cancelsafe.emu.verifier.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IrpLookasideTest {
  @Test
  void theLastFreedIrpIsTheNextOneAndAsGoodAsNew() {
    onMachine(
        machine -> {
          IoManager io = IoManager.of(machine);
          io.setIrpLookasideDepth(4);
          Irp first = io.allocateIrp(2);
          Irp second = io.allocateIrp(2);
          second.setDriverContext(2, "old");
          second.nextStackLocation().setLength(7);
          second.setIoStatus(NtStatus.STATUS_CANCELLED, 9);
          io.cancelIrp(second);
          io.freeIrp(first);
          io.freeIrp(second);
          Irp again = io.allocateIrp(2);
          assertSame(second, again);
          assertEquals("IRP#2.2", again.toString());
          assertFalse(again.cancel());
          assertNull(again.driverContext(2));
          assertEquals(0, again.nextStackLocation().length());
          assertEquals(NtStatus.STATUS_SUCCESS, again.status());
          assertEquals(0, again.information());
          assertSame(first, io.allocateIrp(2));
        });
  }

  @Test
  void onlyAnIrpOfTheSameSizeIsTaken() {
    onMachine(
        machine -> {
          IoManager io = IoManager.of(machine);
          io.setIrpLookasideDepth(4);
          Irp small = io.allocateIrp(1);
          io.freeIrp(small);
          assertNotSame(small, io.allocateIrp(2));
          assertSame(small, io.allocateIrp(1));
        });
  }

  @Test
  void noMoreAreKeptThanItIsDeep() {
    onMachine(
        machine -> {
          IoManager io = IoManager.of(machine);
          io.setIrpLookasideDepth(1);
          Irp first = io.allocateIrp(1);
          Irp second = io.allocateIrp(1);
          io.freeIrp(first);
          io.freeIrp(second);
          assertSame(first, io.allocateIrp(1));
          assertNotSame(second, io.allocateIrp(1));
          assertThrows(IllegalArgumentException.class, () -> io.setIrpLookasideDepth(-1));
        });
  }

  @Test
  void withoutOneAFreedIrpStaysFreed() {
    stopsWith(
        Rule.IRP_TOUCHED_AFTER_COMPLETION,
        machine -> {
          IoManager io = IoManager.of(machine);
          Irp irp = io.allocateIrp(1);
          io.freeIrp(irp);
          assertNotSame(irp, io.allocateIrp(1));
          irp.cancel();
        });
  }
}
