package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StartIoTest {
  private final List<Irp> started = new ArrayList<>();
  private final DriverObject driver = new DriverObject("driver");
  private DeviceObject device;
  private Integer key;
  private DriverCancel cancel;

  /** A device whose reads go through IoStartPacket; StartIo notes them. */
  private DeviceObject device(Machine machine) {
    driver.setDriverStartIo(
        (own, irp) -> {
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          started.add(irp);
        });
    driver.setMajorFunction(
        IRP_MJ_READ,
        (own, irp) -> {
          irp.markPending();
          own.startPacket(irp, key, cancel);
          return STATUS_PENDING;
        });
    device = IoManager.of(machine).createDevice(driver, "device", null);
    return device;
  }

  private Irp read(Machine machine) {
    return Drivers.read(machine, device);
  }

  private void startNext(boolean cancelable) {
    Irql old = Ke.raiseIrqlToDpcLevel();
    device.startNextPacket(cancelable);
    Ke.lowerIrql(old);
  }

  private static void finish(Irp... irps) {
    for (Irp irp : irps) {
      irp.setCancelRoutine(null);
      Drivers.complete(irp, STATUS_SUCCESS);
    }
  }

  @Test
  @Statement({130, 131})
  void anIdleDeviceIsStartedAtOnceAndABusyOneQueues() {
    onMachine(
        machine -> {
          device(machine);
          Irp first = read(machine);
          assertEquals(List.of(first), started);
          assertSame(first, device.currentIrp());
          assertEquals(Irql.PASSIVE_LEVEL, Ke.getCurrentIrql());
          Irp second = read(machine);
          assertEquals(List.of(first), started);
          assertTrue(second.deviceQueueEntry().isInserted());
          assertSame(second, Irp.fromDeviceQueueEntry(second.deviceQueueEntry()));
          startNext(false);
          assertEquals(List.of(first, second), started);
          assertSame(second, device.currentIrp());
          finish(first, second);
        });
  }

  @Test
  @Statement(132)
  void withoutAKeyAnIrpWaitsAtTheTail() {
    onMachine(
        machine -> {
          device(machine);
          Irp current = read(machine);
          key = 7;
          Irp seven = read(machine);
          key = 3;
          Irp three = read(machine);
          key = null;
          Irp last = read(machine);
          assertEquals("busy (" + three + " " + seven + " " + last + ")", device.deviceQueue().snapshot());
          Irql old = Ke.raiseIrqlToDpcLevel();
          device.startNextPacketByKey(false, 4);
          device.startNextPacketByKey(false, 9);
          device.startNextPacketByKey(false, 0);
          Ke.lowerIrql(old);
          assertEquals(List.of(current, seven, three, last), started);
          finish(current, seven, three, last);
        });
  }

  @Test
  @Statement(133)
  void theCancelFunctionBecomesTheCancelRoutine() {
    onMachine(
        machine -> {
          device(machine);
          cancel = (own, irp) -> irp.io().releaseCancelSpinLock(irp.cancelIrql());
          Irp current = read(machine);
          Irp waiting = read(machine);
          assertSame(cancel, current.cancelRoutine());
          assertSame(cancel, waiting.cancelRoutine());
          startNext(true);
          assertSame(cancel, waiting.cancelRoutine());
          finish(current, waiting);
        });
  }

  @Test
  void anIrpThatWasCancelledBeforeAndWouldWaitIsCancelledAtOnce() {
    onMachine(
        machine -> {
          device(machine);
          cancel =
              (own, irp) -> {
                assertTrue(own.deviceQueue().removeEntry(irp.deviceQueueEntry()));
                irp.io().releaseCancelSpinLock(irp.cancelIrql());
                Drivers.complete(irp, STATUS_CANCELLED);
              };
          IoManager io = IoManager.of(machine);
          FileObject file = new FileObject("F", device);
          Irp current = io.buildRequest(file, IRP_MJ_READ);
          io.cancelIrp(current);
          io.callDriver(device, current);
          assertEquals(List.of(current), started);
          Irp waiting = io.buildRequest(file, IRP_MJ_READ);
          io.cancelIrp(waiting);
          io.callDriver(device, waiting);
          assertEquals(STATUS_CANCELLED, waiting.userIosb().status());
          assertEquals(Irql.PASSIVE_LEVEL, Ke.getCurrentIrql());
          startNext(true);
          assertEquals(List.of(current), started);
          finish(current);
        });
  }

  @Test
  @Statement(134)
  void withNothingQueuedTheDeviceIsIdle() {
    onMachine(
        machine -> {
          device(machine);
          Irp first = read(machine);
          startNext(false);
          assertNull(device.currentIrp());
          assertFalse(device.deviceQueue().isBusy());
          Irp second = read(machine);
          startNext(true);
          assertFalse(device.deviceQueue().isBusy());
          assertEquals(List.of(first, second), started);
          finish(first, second);
        });
    stopsWith(
        Rule.DEVICE_QUEUE_NOT_BUSY,
        machine -> {
          device(machine);
          startNext(false);
        });
  }

  @Test
  @Statement(135)
  void startingTheNextPacketBelowOrAboveDispatch() {
    BugCheck stop =
        stopsWith(
            Rule.IRQL_DISPATCH,
            machine -> {
              device(machine);
              finish(read(machine));
              device.startNextPacket(false);
            });
    assertEquals(0x20003, stop.parameters().get(0));
    assertEquals("IoStartNextPacket(device) at PASSIVE_LEVEL", stop.explanation());
    stopsWith(
        Rule.IRQL_DISPATCH,
        machine -> {
          device(machine);
          finish(read(machine));
          Ke.raiseIrql(Irql.DIRQL_3);
          device.startNextPacket(true);
        });
  }

  @Test
  void startingTheNextPacketWithASpinLockHeld() {
    stopsWith(
        Rule.SPIN_LOCK_SAFE,
        machine -> {
          device(machine);
          finish(read(machine));
          new KSpinLock("L").acquire();
          device.startNextPacket(false);
        });
  }

  @Test
  void startingAPacketAboveDispatch() {
    stopsWith(
        Rule.IRQL_DISPATCH_LTE,
        machine -> {
          device(machine);
          Irp irp = IoManager.of(machine).allocateIrp(1);
          Ke.raiseIrql(Irql.DIRQL_3);
          device.startPacket(irp, null, null);
        });
  }

  /** StartIo completes its IRP and starts the next one; says how deep its calls were nested. */
  private int deepest(Machine machine, boolean deferred) {
    int[] depth = {0, 0};
    device(machine);
    device.setStartIoAttributes(deferred, false);
    Irp held = read(machine);
    driver.setDriverStartIo(
        (own, irp) -> {
          depth[0]++;
          depth[1] = Math.max(depth[0], depth[1]);
          started.add(irp);
          own.startNextPacket(false);
          Drivers.complete(irp, STATUS_SUCCESS);
          depth[0]--;
        });
    Irp second = read(machine);
    Irp third = read(machine);
    Irp fourth = read(machine);
    startNext(false);
    assertEquals(List.of(held, second, third, fourth), started);
    assertFalse(device.deviceQueue().isBusy());
    finish(held);
    return depth[1];
  }

  @Test
  @Statement(136)
  void deferredTheNextStartFollowsTheCurrentOne() {
    onMachine(machine -> assertEquals(1, deepest(machine, true)));
  }

  @Test
  @Statement(137)
  void otherwiseStartIoRecurs() {
    onMachine(machine -> assertEquals(3, deepest(machine, false)));
  }

  @Test
  @Statement(136)
  void deferredAStartIsAskedForWhileIoStartPacketStartsTheFirst() {
    onMachine(
        machine -> {
          device(machine);
          device.setStartIoAttributes(true, false);
          boolean[] running = {false};
          driver.setDriverStartIo(
              (own, irp) -> {
                assertFalse(running[0]);
                running[0] = true;
                started.add(irp);
                if (started.size() == 1) {
                  read(machine);
                }
                own.startNextPacket(false);
                assertEquals(started.get(started.size() - 1), irp);
                Drivers.complete(irp, STATUS_SUCCESS);
                running[0] = false;
              });
          read(machine);
          assertEquals(2, started.size());
          assertFalse(device.deviceQueue().isBusy());
        });
  }

  /** Whether the IRP that IoStartNextPacket has started has a cancel routine. */
  private boolean isCancelable(Consumer<DeviceObject> attributes) {
    boolean[] cancelable = new boolean[1];
    started.clear();
    onMachine(
        machine -> {
          device(machine);
          attributes.accept(device);
          cancel = (own, irp) -> irp.io().releaseCancelSpinLock(irp.cancelIrql());
          Irp first = read(machine);
          Irp second = read(machine);
          assertSame(cancel, first.cancelRoutine());
          startNext(true);
          cancelable[0] = second.cancelRoutine() != null;
          finish(first, second);
        });
    return cancelable[0];
  }

  @Test
  @Statement(138)
  void nonCancelableAnIrpLosesItsCancelRoutineWhenItIsDequeued() {
    assertFalse(isCancelable(own -> own.setStartIoAttributes(false, true)));
    assertTrue(isCancelable(own -> own.setStartIoAttributes(false, false)));
  }

  @Test
  @Statement(139)
  void bothAttributesAreFalseAtFirst() {
    assertTrue(isCancelable(own -> {}));
    onMachine(
        machine -> {
          device(machine);
          Irp held = read(machine);
          started.clear();
          driver.setDriverStartIo(
              (own, irp) -> {
                started.add(irp);
                if (started.size() < 2) {
                  own.startNextPacket(false);
                  assertEquals(2, started.size());
                }
              });
          Irp second = read(machine);
          Irp third = read(machine);
          startNext(false);
          finish(held, second, third);
        });
  }

  /** The documented cancel routine of a driver with a StartIo routine. */
  private static void cancelQueued(DeviceObject own, Irp irp) {
    IoManager io = irp.io();
    if (irp == own.currentIrp() || !own.deviceQueue().removeEntry(irp.deviceQueueEntry())) {
      io.releaseCancelSpinLock(irp.cancelIrql());
      return;
    }
    io.releaseCancelSpinLock(irp.cancelIrql());
    Drivers.complete(irp, STATUS_CANCELLED);
  }

  @Test
  @Statement(149)
  void cancellingTheCurrentIrpOnlyReleasesTheLock() {
    onMachine(
        machine -> {
          device(machine);
          cancel = StartIoTest::cancelQueued;
          Irp current = read(machine);
          Irp waiting = read(machine);
          Irp last = read(machine);
          IoManager io = current.io();
          assertTrue(io.cancelIrp(current));
          assertNull(current.userIosb().status());
          assertSame(current, device.currentIrp());
          assertTrue(io.cancelIrp(waiting));
          assertEquals(STATUS_CANCELLED, waiting.userIosb().status());
          assertEquals(Irql.PASSIVE_LEVEL, Ke.getCurrentIrql());
          startNext(true);
          assertEquals(List.of(current, last), started);
          finish(current, last);
        });
  }

  @Test
  void aDriverWithoutStartIo() {
    onMachine(
        machine -> {
          DeviceObject plain = Drivers.device(machine, Drivers::pend);
          Irp irp = IoManager.of(machine).allocateIrp(1);
          IllegalStateException refused =
              assertThrows(IllegalStateException.class, () -> plain.startPacket(irp, null, null));
          assertTrue(refused.getMessage().startsWith("driver driver has no StartIo routine"), refused.getMessage());
          assertNull(plain.driverObject().driverStartIo());
          assertEquals(Irql.PASSIVE_LEVEL, Ke.getCurrentIrql());
        });
  }

  @Test
  @Statement(208)
  void severalRequestsForTheDpcBeforeItRunsAreOne() {
    List<Object> ran = new ArrayList<>();
    onMachine(
        machine -> {
          DeviceObject own = device(machine);
          assertThrows(IllegalStateException.class, () -> own.requestDpc(null, "none"));
          own.initializeDpcRequest((dpc, its, irp, context) -> ran.add(List.of(its, context)));
          Irql old = Ke.raiseIrql(Irql.DIRQL_5);
          own.requestDpc(null, "first");
          own.requestDpc(null, "second");
          assertEquals(List.of(), ran);
          Ke.lowerIrql(old);
          assertEquals(List.of(List.of(own, "first")), ran);
          own.requestDpc(null, "third");
          assertEquals(List.of(List.of(own, "first"), List.of(own, "third")), ran);
        });
  }
}
