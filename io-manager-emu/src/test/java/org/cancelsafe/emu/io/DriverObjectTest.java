package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DriverObjectTest {
  private final DriverObject driver = new DriverObject("D");

  @ParameterizedTest
  @EnumSource
  void aMajorFunctionWithoutARoutineIsCompletedByDefault(MajorFunction major) {
    boolean succeeds =
        EnumSet.of(MajorFunction.IRP_MJ_CREATE, MajorFunction.IRP_MJ_CLEANUP, MajorFunction.IRP_MJ_CLOSE)
            .contains(major);
    onMachine(
        machine -> {
          IoManager io = IoManager.of(machine);
          Irp irp = io.request(new FileObject("F", io.createDevice(driver, "device", null)), major);
          assertEquals(
              succeeds ? NtStatus.STATUS_SUCCESS : NtStatus.STATUS_INVALID_DEVICE_REQUEST, irp.userIosb().status());
        });
  }

  @Test
  void aRoutineIsNotNull() {
    assertThrows(NullPointerException.class, () -> driver.setMajorFunction(MajorFunction.IRP_MJ_READ, null));
    assertThrows(NullPointerException.class, () -> driver.setMajorFunction(null, Drivers::pend));
    assertThrows(NullPointerException.class, () -> new FileObject("F", null));
    onMachine(
        machine ->
            assertThrows(
                NullPointerException.class, () -> IoManager.of(machine).createDevice(null, "device", null)));
  }

  @Test
  void theExtensionIsOfTheClassThatWasGiven() {
    onMachine(
        machine -> {
          IoManager io = IoManager.of(machine);
          DeviceObject device = io.createDevice(driver, "device", "extension");
          assertSame("extension", device.deviceExtension(String.class));
          IllegalStateException other =
              assertThrows(IllegalStateException.class, () -> device.deviceExtension(Integer.class));
          assertEquals("device device has a String as extension, not a Integer", other.getMessage());
          DeviceObject bare = io.createDevice(driver, "bare", null);
          IllegalStateException none =
              assertThrows(IllegalStateException.class, () -> bare.deviceExtension(String.class));
          assertEquals("device bare has no extension, not a String", none.getMessage());
        });
  }

  @Test
  void attachedDevicesNeedOneStackLocationMore() {
    onMachine(
        machine -> {
          IoManager io = IoManager.of(machine);
          DeviceObject lower = io.createDevice(driver, "lower", null);
          DeviceObject upper = io.attachDevice(driver, "upper", null, lower);
          assertEquals(1, lower.stackSize());
          assertEquals(2, upper.stackSize());
          assertSame(driver, upper.driverObject());
        });
  }

  @Test
  void aDeviceIsAttachedOnTopOfTheStack() {
    onMachine(
        machine -> {
          IoManager io = IoManager.of(machine);
          DeviceObject bottom = io.createDevice(driver, "bottom", null);
          DeviceObject middle = io.createDevice(driver, "middle", null);
          DeviceObject top = io.createDevice(driver, "top", null);
          assertSame(bottom, bottom.getAttachedDevice());
          assertSame(bottom, middle.attachDeviceToDeviceStack(bottom));
          assertSame(middle, top.attachDeviceToDeviceStack(bottom));
          assertSame(middle, bottom.attachedDevice());
          assertSame(top, bottom.getAttachedDevice());
          assertEquals(3, top.stackSize());
          middle.detachDevice();
          assertSame(middle, bottom.getAttachedDevice());
          assertThrows(IllegalStateException.class, middle::detachDevice);
        });
  }
}
