package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CONTINUE_COMPLETION;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.cancelsafe.emu.machine.LiveMachineBuilder;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a driver may get wrong in a call, and the line that says so. */
@Timeout(60)
class BadInputTest {
  private static DeviceObject device(Machine machine) {
    DriverObject driver = new DriverObject("d");
    driver.setMajorFunction(
        IRP_MJ_READ,
        (device, irp) -> {
          irp.setIoStatus(STATUS_SUCCESS, 0);
          device.io().completeRequest(irp);
          return STATUS_SUCCESS;
        });
    return IoManager.of(machine).createDevice(driver, "dev0", null);
  }

  private static Irp read(Machine machine, IoCompletionRoutine routine) {
    Irp irp = IoManager.of(machine).allocateIrp(1);
    irp.nextStackLocation().setMajorFunction(IRP_MJ_READ);
    irp.setCompletionRoutine(routine, null, true, true, true);
    return irp;
  }

  @Test
  void aCompletionRoutineThatFreesItsIrpStopsTheWalk() {
    BugCheck stop =
        stopsWith(
            Rule.IRP_TOUCHED_AFTER_COMPLETION,
            machine -> {
              DeviceObject device = device(machine);
              Irp irp =
                  read(
                      machine,
                      (own, mine, context) -> {
                        device.io().freeIrp(mine);
                        return STATUS_CONTINUE_COMPLETION;
                      });
              device.io().callDriver(device, irp);
            });
    assertTrue(
        stop.getMessage().contains("goes on after its completion routine returned STATUS_SUCCESS, and it was freed"),
        stop.getMessage());
  }

  @Test
  void anIrpAndItsDeviceAreOfOneMachine() {
    onMachine(
        machine -> {
          DeviceObject device = device(machine);
          try (Machine other = Machine.live().build()) {
            other.run(
                () -> {
                  Irp foreign = read(machine, (own, mine, context) -> STATUS_CONTINUE_COMPLETION);
                  Exception e =
                      assertThrows(
                          IllegalArgumentException.class, () -> IoManager.of(other).callDriver(device, foreign));
                  assertTrue(e.getMessage().endsWith("was made on another one"), e.getMessage());
                });
          }
        });
  }

  @Test
  void aRoutineThatReturnsNullIsNamed() {
    onMachine(
        machine -> {
          DeviceObject device = device(machine);
          Exception e =
              assertThrows(
                  NullPointerException.class,
                  () -> device.io().callDriver(device, read(machine, (own, mine, context) -> nothing())));
          assertEquals("the completion routine of IRP#1 returned null", e.getMessage());
          device.driverObject().setMajorFunction(IRP_MJ_READ, (dev, irp) -> nothing());
          e =
              assertThrows(
                  NullPointerException.class,
                  () ->
                      device.io().callDriver(device, read(machine, (own, mine, context) -> STATUS_CONTINUE_COMPLETION)));
          assertEquals("the dispatch routine of dev0 for IRP#2 returned null", e.getMessage());
        });
  }

  @SuppressWarnings("NullAway")
  private static NtStatus nothing() {
    return null;
  }

  @Test
  void aRemoveLockIsTakenWithoutATagToo() {
    onMachine(
        machine -> {
          IoRemoveLock lock = new IoRemoveLock("R");
          assertEquals(STATUS_SUCCESS, lock.acquire(null));
          assertEquals(STATUS_SUCCESS, lock.acquire());
          lock.release();
          lock.releaseAndWait(null);
        });
  }

  @Test
  void aDeviceIsNotAttachedToItself() {
    onMachine(
        machine -> {
          DeviceObject device = device(machine);
          assertThrows(IllegalArgumentException.class, () -> device.attachDeviceToDeviceStack(device));
        });
  }

  @Test
  void processorsFitIntoAnAffinityMask() {
    LiveMachineBuilder builder = Machine.live().processors(65);
    assertThrows(IllegalArgumentException.class, builder::build);
    Machine.live().processors(64).build().close();
  }
}
