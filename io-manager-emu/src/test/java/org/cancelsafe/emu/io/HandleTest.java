package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_CLEANUP;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_CLOSE;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_CREATE;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_ACCESS_DENIED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_INVALID_HANDLE;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.cancelsafe.emu.io.NtStatus.STATUS_UNSUCCESSFUL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** File objects: handles, the requests that refer to them, CLEANUP and CLOSE. */
@Timeout(60)
class HandleTest {
  private final List<Object> told = new CopyOnWriteArrayList<>();
  private final ListEntry queue = new ListEntry("queue");
  private NtStatus openStatus = STATUS_SUCCESS;
  private DeviceObject device;
  private Runnable duringCleanup = () -> {};

  private IoManager load(Machine machine, boolean exclusive) {
    DriverObject driver =
        new DriverObject("driver")
            .setMajorFunction(IRP_MJ_CREATE, (own, irp) -> Drivers.complete(irp, openStatus))
            .setMajorFunction(IRP_MJ_READ, this::queueRead)
            .setMajorFunction(IRP_MJ_CLEANUP, this::cleanUp)
            .setMajorFunction(
                IRP_MJ_CLOSE,
                (own, irp) -> {
                  told.add("close by " + Activity.current());
                  assertEquals(Irql.PASSIVE_LEVEL, Ke.getCurrentIrql());
                  return Drivers.complete(irp, STATUS_SUCCESS);
                });
    IoManager io = IoManager.of(machine);
    device = io.createDevice(driver, "device", null, exclusive);
    return io;
  }

  private NtStatus queueRead(DeviceObject own, Irp irp) {
    irp.markPending();
    queue.insertTail(irp.listEntry());
    return STATUS_PENDING;
  }

  /** Completes the queued reads of the file, all of an exclusive device. */
  private NtStatus cleanUp(DeviceObject own, Irp irp) {
    FileObject file = irp.currentStackLocation().fileObject();
    told.add("cleanup by " + Activity.current());
    duringCleanup.run();
    ListEntry entry = queue.flink();
    while (entry != queue) {
      Irp queued = Irp.fromListEntry(entry);
      entry = entry.flink();
      if (own.isExclusive() || queued.currentStackLocation().fileObject() == file) {
        queued.listEntry().removeEntry();
        Drivers.complete(queued, STATUS_CANCELLED);
      }
    }
    return Drivers.complete(irp, STATUS_SUCCESS);
  }

  private static String self() {
    return Activity.current().toString();
  }

  private Irp read(Handle handle) {
    return handle.fileObject().deviceObject().io().request(handle.fileObject(), IRP_MJ_READ);
  }

  @Test
  @Statement({103, 104})
  void theLastHandleSendsCleanupAndTheLastReferenceClose() {
    onMachine(
        machine -> {
          IoManager io = load(machine, false);
          Handle handle = io.createFile(device, "file");
          assertTrue(handle.isOpen());
          assertEquals(STATUS_SUCCESS, handle.status());
          assertSame(device, handle.fileObject().deviceObject());
          assertEquals(1, device.referenceCount());
          Handle other = handle.duplicate();
          assertEquals(STATUS_SUCCESS, handle.close());
          assertEquals(List.of(), told);
          assertSame(other.fileObject(), other.fileObject());
          assertEquals(STATUS_SUCCESS, other.close());
          assertEquals(List.of("cleanup by " + self(), "close by " + self()), told);
          assertEquals(0, device.referenceCount());
          assertEquals(STATUS_INVALID_HANDLE, other.close());
          assertThrows(IllegalStateException.class, other::fileObject);
        });
  }

  @Test
  @Statement(101)
  void cleanupCompletesTheReadsOfItsFile() {
    onMachine(
        machine -> {
          IoManager io = load(machine, false);
          Handle one = io.createFile(device, "one");
          Handle two = io.createFile(device, "two");
          Irp first = read(one);
          Irp second = read(two);
          Irp third = read(one);
          one.close();
          assertEquals(STATUS_CANCELLED, first.userIosb().status());
          assertNull(second.userIosb().status());
          assertEquals(STATUS_CANCELLED, third.userIosb().status());
          two.close();
          assertEquals(STATUS_CANCELLED, second.userIosb().status());
          assertEquals(4, told.size());
        });
  }

  @Test
  @Statement(102)
  void onAnExclusiveDeviceThereIsOneFileAndCleanupCompletesAll() {
    onMachine(
        machine -> {
          IoManager io = load(machine, true);
          assertTrue(device.isExclusive());
          Handle handle = io.createFile(device, "file");
          Handle refused = io.createFile(device, "other");
          assertEquals(STATUS_ACCESS_DENIED, refused.status());
          assertFalse(refused.isOpen());
          Irp own = read(handle);
          Irp bare = io.request(new FileObject("bare", device), IRP_MJ_READ);
          handle.close();
          assertEquals(STATUS_CANCELLED, own.userIosb().status());
          assertEquals(STATUS_CANCELLED, bare.userIosb().status());
          assertTrue(io.createFile(device, "again").isOpen());
        });
  }

  @Test
  @Statement(105)
  void aReadMayComeWhileCleanupRuns() {
    onMachine(
        machine -> {
          IoManager io = load(machine, false);
          Handle handle = io.createFile(device, "file");
          FileObject file = handle.fileObject();
          Irp[] late = new Irp[1];
          duringCleanup = () -> late[0] = io.request(file, IRP_MJ_READ);
          handle.close();
          assertEquals(STATUS_CANCELLED, late[0].userIosb().status());
          assertEquals(2, told.size());
        });
  }

  @Test
  void aPendingRequestKeepsTheFileOpen() {
    onMachine(
        machine -> {
          IoManager io = load(machine, false);
          Handle handle = io.createFile(device, "file");
          Irp read = read(handle);
          read.listEntry().removeEntry();
          handle.close();
          assertEquals(List.of("cleanup by " + self()), told);
          Drivers.complete(read, STATUS_SUCCESS);
          assertEquals("close by " + self(), told.get(1));
        });
  }

  @Test
  void aDriversReferenceKeepsTheFileOpenAndTheLastAtDispatchIsGivenToASystemThread() {
    onMachine(
        machine -> {
          IoManager io = load(machine, false);
          Handle handle = io.createFile(device, "file");
          FileObject file = handle.fileObject();
          file.reference();
          handle.close();
          assertEquals(1, told.size());
          Irql old = Ke.raiseIrqlToDpcLevel();
          file.dereference();
          Ke.lowerIrql(old);
        });
    assertEquals("close by worker", told.get(1));
  }

  @Test
  void anOpenThatFailsLeavesNothing() {
    onMachine(
        machine -> {
          IoManager io = load(machine, true);
          openStatus = STATUS_UNSUCCESSFUL;
          Handle handle = io.createFile(device, "file");
          assertEquals(STATUS_UNSUCCESSFUL, handle.status());
          assertEquals(STATUS_INVALID_HANDLE, handle.close());
          assertEquals(0, device.referenceCount());
          openStatus = STATUS_SUCCESS;
          assertTrue(io.createFile(device, "file").isOpen());
        });
  }

  @Test
  void aPendedCreateIsWaitedFor() {
    onMachine(
        machine -> {
          IoManager io = load(machine, false);
          KEvent pended = new KEvent("pended", KEvent.Type.SYNCHRONIZATION_EVENT, false);
          Irp[] create = new Irp[1];
          device
              .driverObject()
              .setMajorFunction(
                  IRP_MJ_CREATE,
                  (own, irp) -> {
                    irp.markPending();
                    create[0] = irp;
                    pended.set();
                    return STATUS_PENDING;
                  });
          machine.startThread(
              "completer",
              () -> {
                pended.waitForSingleObject();
                Drivers.complete(create[0], STATUS_SUCCESS);
              });
          assertTrue(io.createFile(device, "file").isOpen());
        });
  }

  @Test
  void requestsGoToTheTopOfTheStack() {
    onMachine(
        machine -> {
          IoManager io = load(machine, false);
          DriverObject filter =
              new DriverObject("filter")
                  .setMajorFunction(
                      IRP_MJ_READ,
                      (own, irp) -> {
                        told.add("filter");
                        irp.skipCurrentStackLocation();
                        return io.callDriver(device, irp);
                      });
          DeviceObject top = io.attachDevice(filter, "top", null, device);
          Handle handle = io.createFile(device, "file");
          assertSame(top, handle.fileObject().getRelatedDeviceObject());
          Irp read = read(handle);
          assertEquals(List.of("filter"), told);
          read.listEntry().removeEntry();
          Drivers.complete(read, STATUS_SUCCESS);
        });
  }

  @Test
  void closingAboveDispatch() {
    stopsWith(
        Rule.IRQL_GT_ZERO_AT_SYSTEM_SERVICE,
        machine -> {
          Handle handle = load(machine, false).createFile(device, "file");
          Ke.raiseIrqlToDpcLevel();
          handle.close();
        });
  }
}
