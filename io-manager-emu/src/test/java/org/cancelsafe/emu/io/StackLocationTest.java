package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.emu.verifier.Verifier;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StackLocationTest {
  private static NtStatus ignore(DeviceObject device, Irp irp, Object context) {
    return STATUS_SUCCESS;
  }

  @Test
  @Statement(56)
  void sendingWithoutALocationLeft() {
    BugCheck stop =
        stopsWith(
            Rule.NO_MORE_STACK_LOCATIONS,
            machine -> {
              DeviceObject bottom = Drivers.device(machine, Drivers.completing(STATUS_SUCCESS));
              Drivers.read(machine, Drivers.device(machine, (device, irp) -> irp.io().callDriver(bottom, irp)));
            });
    assertEquals(0x35, stop.code().code());
    assertEquals("[IRP#1]", stop.parameters().toString());
    assertEquals("IRP#1 has no stack location for a lower driver", stop.explanation());
  }

  @Test
  @Statement(57)
  void sendingSetsTheDeviceInTheCalledDriversLocation() {
    onMachine(
        machine ->
            Drivers.read(
                machine,
                Drivers.device(
                    machine,
                    (device, irp) -> {
                      assertSame(device, irp.currentStackLocation().deviceObject());
                      return Drivers.complete(irp, STATUS_SUCCESS);
                    })));
  }

  @Test
  @Statement(58)
  void afterASkipTheLowerDriverHasTheSameLocation() {
    onMachine(
        machine -> {
          IoStackLocation[] seen = new IoStackLocation[1];
          DeviceObject bottom =
              Drivers.device(
                  machine,
                  (device, irp) -> {
                    assertSame(seen[0], irp.currentStackLocation());
                    assertSame(device, irp.currentStackLocation().deviceObject());
                    return Drivers.complete(irp, STATUS_SUCCESS);
                  });
          Drivers.read(
              machine,
              Drivers.above(
                  machine,
                  bottom,
                  (device, irp) -> {
                    seen[0] = irp.currentStackLocation();
                    irp.skipCurrentStackLocation();
                    return irp.io().callDriver(bottom, irp);
                  }));
        });
  }

  @Test
  @Statement(59)
  void setCompletionRoutineAfterASkipOverwritesTheUpperDrivers() {
    onMachine(
        machine -> {
          IoCompletionRoutine upper = StackLocationTest::ignore;
          IoCompletionRoutine own = StackLocationTest::ignore;
          DeviceObject device =
              Drivers.device(
                  machine,
                  (self, irp) -> {
                    IoStackLocation mine = irp.currentStackLocation();
                    assertSame(upper, mine.completionRoutine());
                    irp.skipCurrentStackLocation();
                    irp.setCompletionRoutine(own, null, true, true, true);
                    assertSame(own, mine.completionRoutine());
                    irp.setNextStackLocation();
                    return Drivers.complete(irp, STATUS_SUCCESS);
                  });
          IoManager io = IoManager.of(machine);
          Irp irp = io.buildRequest(new FileObject("F", device), MajorFunction.IRP_MJ_READ);
          irp.setCompletionRoutine(upper, null, true, true, true);
          io.callDriver(device, irp);
        });
  }

  @Test
  @Statement(60)
  void skippingAnIrpMarkedPendingLeavesTheMarkToTheLowerDriver() {
    onMachine(
        Machine.live().verifier(Verifier.OFF),
        machine -> {
          DeviceObject bottom =
              Drivers.device(
                  machine,
                  (device, irp) -> {
                    assertTrue(irp.isMarkedPending());
                    return Drivers.complete(irp, STATUS_SUCCESS);
                  });
          Drivers.read(
              machine,
              Drivers.above(
                  machine,
                  bottom,
                  (device, irp) -> {
                    irp.markPending();
                    irp.skipCurrentStackLocation();
                    irp.io().callDriver(bottom, irp);
                    return STATUS_PENDING;
                  }));
        });
  }

  @Test
  @Statement({61, 62})
  void copyTakesTheParametersButNeitherRoutineNorControl() {
    onMachine(
        machine -> {
          IoManager io = IoManager.of(machine);
          DeviceObject device = Drivers.device(machine, Drivers.completing(STATUS_SUCCESS));
          FileObject file = new FileObject("F", device);
          Irp irp = io.allocateIrp(2);
          IoStackLocation upper = irp.nextStackLocation();
          upper.setMajorFunction(MajorFunction.IRP_MJ_WRITE);
          upper.setMinorFunction(3);
          upper.setLength(512);
          upper.setFileObject(file);
          irp.setCompletionRoutine(StackLocationTest::ignore, null, true, true, true);
          irp.setNextStackLocation();
          irp.markPending();
          assertEquals(0xE1, upper.control());
          IoStackLocation lower = irp.nextStackLocation();
          irp.setCompletionRoutine(StackLocationTest::ignore, null, true, false, false);
          assertEquals(0x40, lower.control());
          irp.copyCurrentStackLocationToNext();
          assertEquals(MajorFunction.IRP_MJ_WRITE, lower.majorFunction());
          assertEquals(3, lower.minorFunction());
          assertEquals(512, lower.length());
          assertSame(file, lower.fileObject());
          assertNull(lower.completionRoutine());
          assertEquals(0, lower.control());
          io.freeIrp(irp);
        });
  }

  @Test
  void anIrpThatNobodySentHasNoCurrentLocation() {
    onMachine(
        machine -> {
          Irp irp = IoManager.of(machine).allocateIrp(1);
          for (Runnable use : List.<Runnable>of(irp::currentStackLocation, irp::isMarkedPending)) {
            IllegalStateException refused = assertThrows(IllegalStateException.class, use::run);
            assertEquals(
                "IRP#1 has no current stack location: nobody sent it; IoCallDriver, or IoSetNextIrpStackLocation for"
                    + " its maker's own, makes one current",
                refused.getMessage());
          }
        });
  }

  @Test
  void anIrpHasALocation() {
    onMachine(
        machine -> assertThrows(IllegalArgumentException.class, () -> IoManager.of(machine).allocateIrp(0)));
  }

  @Test
  void theCurrentLocationIsCountedFromTheLowest() {
    onMachine(
        machine -> {
          Irp irp = IoManager.of(machine).allocateIrp(3);
          assertEquals(3, irp.stackCount());
          assertEquals(4, irp.currentLocation());
          irp.setNextStackLocation();
          assertEquals(3, irp.currentLocation());
          irp.setNextStackLocation();
          assertEquals(2, irp.currentLocation());
          irp.skipCurrentStackLocation();
          assertEquals(3, irp.currentLocation());
        });
  }
}
