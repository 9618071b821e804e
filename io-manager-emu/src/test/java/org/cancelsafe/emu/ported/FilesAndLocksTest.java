package org.cancelsafe.emu.ported;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_CLEANUP;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_CLOSE;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_CREATE;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_ACCESS_DENIED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_DELETE_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_INVALID_HANDLE;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.cancelsafe.emu.io.NtStatus.STATUS_UNSUCCESSFUL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.cancelsafe.emu.ex.ExRundownRef;
import org.cancelsafe.emu.ex.WorkQueueItem;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverDispatch;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.Handle;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.IoRemoveLock;
import org.cancelsafe.emu.io.IoWorkItem;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.io.WorkQueueType;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Files and their handles, remove locks, run-down protection and work items: counts, statuses, and who runs where. */
@Timeout(60)
class FilesAndLocksTest {
  private final List<MajorFunction> asked = Collections.synchronizedList(new ArrayList<>());
  private NtStatus answer = STATUS_SUCCESS;

  private DeviceObject device(Machine machine, boolean exclusive) {
    DriverDispatch notes =
        (device, irp) -> {
          asked.add(irp.currentStackLocation().majorFunction());
          irp.setIoStatus(answer, 0);
          device.io().completeRequest(irp);
          return answer;
        };
    DriverObject driver = new DriverObject("driver");
    List.of(IRP_MJ_CREATE, IRP_MJ_CLEANUP, IRP_MJ_CLOSE).forEach(major -> driver.setMajorFunction(major, notes));
    driver.setMajorFunction(
        IRP_MJ_READ,
        (device, irp) -> {
          irp.markPending();
          return STATUS_PENDING;
        });
    return IoManager.of(machine).createDevice(driver, "dev", null, exclusive);
  }

  @Test
  void aFileIsCreatedCleanedUpAndClosed() {
    onMachine(
        machine -> {
          DeviceObject device = device(machine, false);
          Handle handle = device.io().createFile(device, "f");
          assertEquals(STATUS_SUCCESS, handle.status());
          assertTrue(handle.isOpen());
          assertSame(device, handle.fileObject().deviceObject());
          assertEquals(1, device.referenceCount());
          assertEquals(STATUS_SUCCESS, handle.close());
          assertFalse(handle.isOpen());
          assertEquals(STATUS_INVALID_HANDLE, handle.close());
          assertEquals(0, device.referenceCount());
          assertEquals(List.of(IRP_MJ_CREATE, IRP_MJ_CLEANUP, IRP_MJ_CLOSE), asked);
        });
  }

  @Test
  void aFileIsCleanedUpWithItsLastHandle() {
    onMachine(
        machine -> {
          DeviceObject device = device(machine, false);
          Handle first = device.io().createFile(device, "f");
          Handle second = first.duplicate();
          assertSame(first.fileObject(), second.fileObject());
          assertEquals(1, device.referenceCount(), "one file");
          first.close();
          assertEquals(List.of(IRP_MJ_CREATE), asked);
          assertTrue(second.isOpen());
          second.close();
          assertEquals(List.of(IRP_MJ_CREATE, IRP_MJ_CLEANUP, IRP_MJ_CLOSE), asked);
        });
  }

  @Test
  void aPendingRequestKeepsTheFileFromBeingClosed() {
    onMachine(
        machine -> {
          DeviceObject device = device(machine, false);
          Handle handle = device.io().createFile(device, "f");
          Irp irp = device.io().request(handle.fileObject(), IRP_MJ_READ);
          handle.close();
          assertEquals(List.of(IRP_MJ_CREATE, IRP_MJ_CLEANUP), asked);
          assertEquals(1, device.referenceCount());
          irp.setIoStatus(NtStatus.STATUS_CANCELLED, 0);
          device.io().completeRequest(irp);
          assertEquals(List.of(IRP_MJ_CREATE, IRP_MJ_CLEANUP, IRP_MJ_CLOSE), asked);
          assertEquals(0, device.referenceCount());
        });
  }

  @Test
  void aFileThatCouldNotBeOpenedIsNeitherCleanedUpNorClosed() {
    onMachine(
        machine -> {
          DeviceObject device = device(machine, false);
          answer = STATUS_UNSUCCESSFUL;
          Handle handle = device.io().createFile(device, "f");
          assertEquals(STATUS_UNSUCCESSFUL, handle.status());
          assertFalse(handle.isOpen());
          assertEquals(STATUS_INVALID_HANDLE, handle.close());
          assertEquals(List.of(IRP_MJ_CREATE), asked);
          assertEquals(0, device.referenceCount());
        });
  }

  @Test
  void anExclusiveDeviceHasOneFileAtATime() {
    onMachine(
        machine -> {
          DeviceObject device = device(machine, true);
          assertTrue(device.isExclusive());
          Handle first = device.io().createFile(device, "f");
          Handle refused = device.io().createFile(device, "g");
          assertEquals(STATUS_ACCESS_DENIED, refused.status());
          assertEquals(List.of(IRP_MJ_CREATE), asked, "the driver was not asked");
          first.close();
          Handle second = device.io().createFile(device, "g");
          assertEquals(STATUS_SUCCESS, second.status());
          second.close();
          answer = STATUS_UNSUCCESSFUL;
          device.io().createFile(device, "h");
          answer = STATUS_SUCCESS;
          assertTrue(device.io().createFile(device, "h").isOpen(), "the failed one does not count");
        });
  }

  @Test
  void aFileObjectBelongsToTheTopOfTheStack() {
    onMachine(
        machine -> {
          DeviceObject device = device(machine, false);
          DeviceObject filter = device.io().attachDevice(new DriverObject("filter"), "filter", null, device);
          FileObject file = new FileObject("f", device);
          assertSame(filter, file.getRelatedDeviceObject());
          assertSame(device, file.deviceObject());
          file.setFsContext("context");
          assertEquals("context", file.fsContext());
          Handle handle = device.io().createFile(device, "f");
          assertEquals(STATUS_SUCCESS, handle.status(), "the filter's default");
          assertEquals(List.of(), asked);
        });
  }

  @Test
  void aRemoveLockIsTakenUntilItIsWaitedFor() {
    onMachine(
        machine -> {
          IoRemoveLock lock = new IoRemoveLock("R");
          assertEquals(STATUS_SUCCESS, lock.acquire("a"));
          assertEquals(STATUS_SUCCESS, lock.acquire("a"));
          assertEquals(STATUS_SUCCESS, lock.acquire("b"));
          lock.release("a");
          lock.release("b");
          Irql old = Ke.raiseIrqlToDpcLevel();
          assertEquals(STATUS_SUCCESS, lock.acquire("c"));
          lock.release("c");
          Ke.lowerIrql(old);
          lock.releaseAndWait("a");
          assertEquals(STATUS_DELETE_PENDING, lock.acquire("a"));
          assertEquals(STATUS_DELETE_PENDING, lock.acquire(null));
        });
  }

  @Test
  void whoRemovesWaitsForTheLastHolder() {
    onMachine(
        machine -> {
          IoRemoveLock lock = new IoRemoveLock("R");
          KEvent gone = new KEvent("gone", KEvent.Type.NOTIFICATION_EVENT, false);
          lock.acquire("user");
          machine.startThread(
              "remover",
              () -> {
                lock.acquire("remove");
                lock.releaseAndWait("remove");
                gone.set();
              });
          while (lock.acquire("probe").isSuccess()) {
            lock.release("probe");
            Ke.delayExecutionThread(-10_000);
          }
          assertFalse(gone.waitForSingleObject(-50_000));
          lock.release("user");
          gone.waitForSingleObject();
        });
  }

  @Test
  void runDownProtectionIsGrantedUntilTheRunDown() {
    onMachine(
        machine -> {
          ExRundownRef rundown = new ExRundownRef("R");
          assertTrue(rundown.acquireProtection());
          assertTrue(rundown.acquireProtectionEx(3));
          rundown.releaseProtectionEx(2);
          rundown.releaseProtection();
          rundown.releaseProtection();
          rundown.waitForProtectionRelease();
          assertFalse(rundown.acquireProtection());
          assertFalse(rundown.acquireProtectionEx(2));
          rundown.waitForProtectionRelease();
          rundown.completed();
          assertFalse(rundown.acquireProtection());
          rundown.reInitializeProtection();
          assertTrue(rundown.acquireProtection());
          rundown.releaseProtection();
        });
  }

  @Test
  void aWorkItemRunsInASystemThreadAtPassiveLevel() {
    onMachine(
        machine -> {
          DeviceObject device = device(machine, false);
          KEvent done = new KEvent("done", KEvent.Type.SYNCHRONIZATION_EVENT, false);
          Activity self = Activity.current();
          IoWorkItem item = device.allocateWorkItem();
          Irql old = Ke.raiseIrqlToDpcLevel();
          item.queueEx(
              (own, context, mine) -> {
                assertSame(device, own);
                assertEquals("context", context);
                assertSame(item, mine);
                assertEquals(Irql.PASSIVE_LEVEL, Ke.getCurrentIrql());
                assertNotSame(self, Activity.current());
                assertNotEquals(0, device.referenceCount());
                done.set();
              },
              WorkQueueType.CRITICAL_WORK_QUEUE,
              "context");
          Ke.lowerIrql(old);
          done.waitForSingleObject();
          int[] left = {2};
          item.queueEx(
              (own, context, mine) -> {
                if (left[0]-- > 0) {
                  mine.queue((again, nothing) -> done.set(), WorkQueueType.DELAYED_WORK_QUEUE, null);
                }
              },
              WorkQueueType.DELAYED_WORK_QUEUE,
              null);
          done.waitForSingleObject();
          item.free();
          WorkQueueItem executive = new WorkQueueItem("W", parameter -> done.set(), null);
          executive.queue(WorkQueueType.DELAYED_WORK_QUEUE);
          done.waitForSingleObject();
          executive.queue(WorkQueueType.DELAYED_WORK_QUEUE);
          done.waitForSingleObject();
        });
  }
}
