package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.io.NtStatus.STATUS_NO_SUCH_DEVICE;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Device stacks as one climbs up and down them, and the end of a device. */
@Timeout(60)
class DeviceDeletionTest {
  private static DeviceObject device(Machine machine) {
    return Drivers.device(machine, Drivers.completing(STATUS_SUCCESS));
  }

  private static DeviceObject above(Machine machine, DeviceObject lower) {
    return Drivers.above(machine, lower, Drivers.completing(STATUS_SUCCESS));
  }

  @Test
  void aStackIsClimbedInBothDirections() {
    onMachine(
        machine -> {
          DeviceObject bottom = device(machine);
          assertSame(bottom, bottom.getAttachedDevice());
          assertNull(bottom.getLowerDeviceObject());
          assertEquals(1, bottom.stackSize());
          DeviceObject middle = above(machine, bottom);
          DeviceObject top = above(machine, bottom);
          assertEquals(3, top.stackSize(), "it went on top");
          assertSame(middle, bottom.attachedDevice());
          assertSame(top, middle.attachedDevice());
          assertNull(top.attachedDevice());
          assertSame(top, bottom.getAttachedDevice());
          assertSame(top, new FileObject("f", bottom).getRelatedDeviceObject());
          assertSame(middle, top.getLowerDeviceObject());
          middle.dereference();
          assertSame(top, bottom.getAttachedDeviceReference());
          top.dereference();
          middle.detachDevice();
          assertSame(middle, bottom.getAttachedDevice());
          assertNull(top.getLowerDeviceObject());
          assertEquals(1, bottom.stackSize(), "a lower device's stays");
        });
  }

  @Test
  void whoDetachesTheWrongDeviceIsToldTheRightOne() {
    onMachine(
        machine -> {
          DeviceObject bottom = device(machine);
          DeviceObject top = above(machine, bottom);
          IllegalStateException wrong = assertThrows(IllegalStateException.class, top::detachDevice);
          assertEquals(
              "IoDetachDevice(" + top + "): no device is attached to it; it takes the lower device, " + bottom,
              wrong.getMessage());
        });
  }

  @Test
  void aDeviceThatNobodyUsesIsGoneAtOnce() {
    onMachine(
        machine -> {
          DeviceObject device = device(machine);
          assertFalse(device.isDeleted());
          device.delete();
          assertTrue(device.isDeleted());
          assertThrows(IllegalStateException.class, device::delete);
          Handle handle = device.io().createFile(device, "f");
          assertEquals(STATUS_NO_SUCH_DEVICE, handle.status());
          assertFalse(handle.isOpen());
          assertNull(
              device.io().createDevice(new DriverObject("d"), "filter", null).attachDeviceToDeviceStack(device));
        });
  }

  @Test
  void anOpenFileKeepsADeletedDevice() {
    onMachine(
        machine -> {
          DeviceObject device = device(machine);
          Handle handle = device.io().createFile(device, "f");
          assertEquals(1, device.referenceCount());
          device.delete();
          assertFalse(device.isDeleted());
          assertEquals(STATUS_NO_SUCH_DEVICE, device.io().createFile(device, "g").status());
          Irp read = device.io().request(handle.fileObject(), MajorFunction.IRP_MJ_READ);
          assertEquals(STATUS_SUCCESS, read.userIosb().status());
          handle.close();
          assertTrue(device.isDeleted());
        });
  }

  @Test
  void aPointerKeepsADeletedDevice() {
    onMachine(
        machine -> {
          DeviceObject device = device(machine);
          device.reference();
          assertEquals(0, device.referenceCount(), "pointers are counted apart");
          device.delete();
          assertFalse(device.isDeleted());
          device.dereference();
          assertTrue(device.isDeleted());
        });
    stopsWith(Rule.REFERENCE_COUNT, machine -> device(machine).dereference());
  }

  @Test
  void whatIsAttachedToItKeepsADeletedDevice() {
    onMachine(
        machine -> {
          DeviceObject bottom = device(machine);
          DeviceObject top = above(machine, bottom);
          bottom.delete();
          assertFalse(bottom.isDeleted());
          bottom.detachDevice();
          assertTrue(bottom.isDeleted());
          top.delete();
          assertTrue(top.isDeleted());
        });
  }

  @Test
  void aQueuedWorkItemKeepsADeletedDevice() {
    DeviceObject[] device = new DeviceObject[1];
    onMachine(
        machine -> {
          device[0] = device(machine);
          KEvent go = new KEvent("go", KEvent.Type.NOTIFICATION_EVENT, false);
          IoWorkItem item = device[0].allocateWorkItem();
          assertNotNull(item);
          item.queue((own, context) -> go.waitForSingleObject(), WorkQueueType.DELAYED_WORK_QUEUE, null);
          device[0].delete();
          assertFalse(device[0].isDeleted());
          go.set();
        });
    assertTrue(device[0].isDeleted());
  }

  @Test
  void theTimerOfADeletedDeviceStops() {
    AtomicInteger calls = new AtomicInteger();
    onMachine(
        machine -> {
          DeviceObject device = device(machine);
          device.initializeTimer((own, context) -> calls.incrementAndGet(), null);
          device.startTimer();
          device.delete();
        });
    assertEquals(0, calls.get(), "the machine came to rest");
  }

  @Test
  void noIrpIsSentToADeviceThatIsGone() {
    BugCheck stop =
        stopsWith(
            Rule.CALL_DELETED_DEVICE,
            machine -> {
              DeviceObject device = device(machine);
              device.delete();
              Drivers.read(machine, device);
            });
    assertTrue(
        stop.getMessage().contains("(0xC9/0x4): IoCallDriver(device, IRP#1): the device was deleted by IoDeleteDevice"),
        stop.getMessage());
  }

  @Test
  void aDeviceIsDeletedAtMostAtApcLevel() {
    stopsWith(
        Rule.IRQL_APC_LTE,
        machine -> {
          DeviceObject device = device(machine);
          Ke.raiseIrqlToDpcLevel();
          device.delete();
        });
  }
}
