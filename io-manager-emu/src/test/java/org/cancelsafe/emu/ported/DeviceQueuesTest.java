package org.cancelsafe.emu.ported;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KDeviceQueue;
import org.cancelsafe.emu.ke.KDeviceQueueEntry;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Device queues and StartIo: busy or not after each call, and in which order what comes out. */
@Timeout(60)
class DeviceQueuesTest {
  private final KDeviceQueue queue = new KDeviceQueue("Q");
  private final List<String> started = new ArrayList<>();

  private static KDeviceQueueEntry entry(String name) {
    return new KDeviceQueueEntry(name);
  }

  private static void atDispatch(Runnable body) {
    onMachine(
        machine -> {
          Irql old = Ke.raiseIrqlToDpcLevel();
          body.run();
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          Ke.lowerIrql(old);
        });
  }

  private KDeviceQueueEntry keyed(long key) {
    KDeviceQueueEntry entry = entry("K" + key);
    assertTrue(queue.insertByKey(entry, key));
    assertEquals(key, entry.sortKey());
    return entry;
  }

  @Test
  void theFirstEntryMakesItBusyAndIsNotInIt() {
    atDispatch(
        () -> {
          assertFalse(queue.isBusy());
          KDeviceQueueEntry first = entry("A");
          assertFalse(queue.insert(first));
          assertTrue(queue.isBusy());
          assertFalse(first.isInserted());
          assertFalse(queue.removeEntry(first), "it is not in the queue");
          assertTrue(queue.isBusy());
          assertNull(queue.remove());
          assertFalse(queue.isBusy());
          assertFalse(queue.insertByKey(first, 7));
          assertTrue(queue.isBusy());
          assertFalse(first.isInserted());
          assertNull(queue.removeByKey(7));
          assertFalse(queue.isBusy());
        });
  }

  @Test
  void whileItIsBusyItIsFirstInFirstOut() {
    atDispatch(
        () -> {
          queue.insert(entry("A"));
          KDeviceQueueEntry second = entry("B");
          KDeviceQueueEntry third = entry("C");
          assertTrue(queue.insert(second));
          assertTrue(queue.insert(third));
          assertTrue(second.isInserted());
          assertSame(second, queue.remove());
          assertFalse(second.isInserted());
          assertTrue(queue.isBusy());
          assertTrue(queue.insert(second));
          assertSame(third, queue.remove());
          assertSame(second, queue.remove());
          assertTrue(queue.isBusy(), "the last one is being served");
          assertNull(queue.remove());
          assertFalse(queue.isBusy());
        });
  }

  @Test
  void byKeyTheSmallestIsFirstAndEqualOnesKeepTheirOrder() {
    atDispatch(
        () -> {
          queue.insert(entry("A"));
          KDeviceQueueEntry five = keyed(5);
          KDeviceQueueEntry three = keyed(3);
          KDeviceQueueEntry fiveToo = keyed(5);
          KDeviceQueueEntry four = keyed(4);
          KDeviceQueueEntry zero = keyed(0);
          for (KDeviceQueueEntry expected : List.of(zero, three, four, five, fiveToo)) {
            assertSame(expected, queue.remove());
          }
          assertNull(queue.remove());
        });
  }

  @Test
  void byKeyTheFirstThatIsNotSmallerIsTaken() {
    atDispatch(
        () -> {
          queue.insert(entry("A"));
          KDeviceQueueEntry two = keyed(2);
          KDeviceQueueEntry four = keyed(4);
          KDeviceQueueEntry six = keyed(6);
          KDeviceQueueEntry eight = keyed(8);
          assertSame(four, queue.removeByKey(3));
          assertSame(six, queue.removeByKey(6));
          assertSame(two, queue.removeByKey(9), "all are smaller: the first");
          assertSame(eight, queue.removeByKey(0));
          assertTrue(queue.isBusy());
          assertNull(queue.removeByKeyIfBusy(0));
          assertFalse(queue.isBusy());
          assertNull(queue.removeByKeyIfBusy(0));
          assertFalse(queue.isBusy());
        });
  }

  @Test
  void anElevatorGoesUpAndBeginsAgain() {
    atDispatch(
        () -> {
          queue.insert(entry("A"));
          for (long key : List.of(50L, 10L, 40L, 20L, 30L)) {
            keyed(key);
          }
          List<Long> visited = new ArrayList<>();
          long position = 25;
          for (KDeviceQueueEntry next = queue.removeByKey(position); next != null; ) {
            position = next.sortKey();
            visited.add(position);
            next = queue.removeByKey(position);
          }
          assertEquals(List.of(30L, 40L, 50L, 10L, 20L), visited);
          assertFalse(queue.isBusy());
        });
  }

  @Test
  void oneThatIsTakenOutOfTheMiddleLeavesTheOthers() {
    atDispatch(
        () -> {
          queue.insert(entry("A"));
          KDeviceQueueEntry first = entry("B");
          KDeviceQueueEntry middle = entry("C");
          KDeviceQueueEntry last = entry("D");
          queue.insert(first);
          queue.insert(middle);
          queue.insert(last);
          assertTrue(queue.removeEntry(middle));
          assertFalse(queue.removeEntry(middle), "it was taken out before");
          assertFalse(middle.isInserted());
          assertTrue(queue.removeEntry(last));
          assertTrue(queue.insert(middle));
          assertSame(first, queue.remove());
          assertSame(middle, queue.remove());
          assertTrue(queue.isBusy());
          assertNull(queue.remove());
        });
  }

  @Test
  void takingTheOnlyOneOutLeavesItBusy() {
    atDispatch(
        () -> {
          queue.insert(entry("A"));
          KDeviceQueueEntry only = entry("B");
          queue.insert(only);
          assertTrue(queue.removeEntry(only));
          assertTrue(queue.isBusy());
          assertFalse(new KDeviceQueue("other").removeEntry(only));
        });
  }

  @Test
  void oneIsTakenOutBelowDispatchLevelToo() {
    onMachine(
        machine -> {
          Irql old = Ke.raiseIrqlToDpcLevel();
          queue.insert(entry("A"));
          KDeviceQueueEntry waits = entry("B");
          queue.insert(waits);
          Ke.lowerIrql(old);
          assertTrue(queue.removeEntry(waits));
          assertEquals(Irql.PASSIVE_LEVEL, Ke.getCurrentIrql());
        });
  }

  // StartIo

  private DeviceObject device(Machine machine) {
    DriverObject driver = new DriverObject("driver");
    driver.setDriverStartIo(
        (device, irp) -> {
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          assertSame(irp, device.currentIrp());
          started.add(irp.toString());
        });
    driver.setMajorFunction(
        MajorFunction.IRP_MJ_READ,
        (device, irp) -> {
          irp.markPending();
          device.startPacket(irp, (int) irp.currentStackLocation().length(), null);
          return NtStatus.STATUS_PENDING;
        });
    return IoManager.of(machine).createDevice(driver, "dev", null);
  }

  private static Irp read(DeviceObject device, int key) {
    Irp irp = device.io().buildRequest(new FileObject("f", device), MajorFunction.IRP_MJ_READ);
    irp.nextStackLocation().setLength(key);
    device.io().callDriver(device, irp);
    return irp;
  }

  private static void finish(DeviceObject device) {
    Irp irp = device.currentIrp();
    irp.setIoStatus(NtStatus.STATUS_SUCCESS, 0);
    device.io().completeRequest(irp);
  }

  @Test
  void startIoGetsOneAfterTheOther() {
    onMachine(
        machine -> {
          DeviceObject device = device(machine);
          assertNull(device.currentIrp());
          Irp first = read(device, 1);
          assertEquals(Irql.PASSIVE_LEVEL, Ke.getCurrentIrql());
          assertEquals(List.of("IRP#1"), started);
          assertSame(first, device.currentIrp());
          assertTrue(device.deviceQueue().isBusy());
          Irp third = read(device, 9);
          Irp second = read(device, 5);
          assertTrue(third.deviceQueueEntry().isInserted());
          assertFalse(first.deviceQueueEntry().isInserted());
          assertEquals(List.of("IRP#1"), started);
          Irql old = Ke.raiseIrqlToDpcLevel();
          finish(device);
          device.startNextPacket(false);
          assertSame(second, device.currentIrp());
          finish(device);
          device.startNextPacket(false);
          assertSame(third, device.currentIrp());
          finish(device);
          device.startNextPacket(false);
          assertNull(device.currentIrp());
          assertFalse(device.deviceQueue().isBusy());
          Ke.lowerIrql(old);
          assertEquals(List.of("IRP#1", "IRP#3", "IRP#2"), started);
        });
  }

  @Test
  void byKeyTheNextIsTheFirstThatIsNotSmaller() {
    onMachine(
        machine -> {
          DeviceObject device = device(machine);
          read(device, 1);
          for (int key : new int[] {30, 10, 20}) {
            read(device, key);
          }
          Irql old = Ke.raiseIrqlToDpcLevel();
          for (int i = 0; i < 4; i++) {
            finish(device);
            device.startNextPacketByKey(false, 15);
          }
          Ke.lowerIrql(old);
          assertEquals(List.of("IRP#1", "IRP#4", "IRP#2", "IRP#3"), started);
          assertFalse(device.deviceQueue().isBusy());
        });
  }
}
