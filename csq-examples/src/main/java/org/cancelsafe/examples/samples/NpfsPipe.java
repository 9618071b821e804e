package org.cancelsafe.examples.samples;

import static java.util.Objects.requireNonNull;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_DEVICE_CONTROL;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_IO_TIMEOUT;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverCancel;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.jspecify.annotations.Nullable;

/**
 * S-16, after a named pipe file system: reads wait in a data queue that a resource guards, which may only be waited
 * for below DISPATCH_LEVEL; waiters for a connection wait in a list that a spin lock guards, each with a timer. An IRP
 * leads to its entry. Whoever takes an entry out of its list and loses the exchange cuts that link, under the lock; the
 * cancel routine, which looks at it under the same lock, unlinks the entry if the link is still there, and completes
 * the IRP in any case.
 */
class NpfsPipe {
  private static final int ENTRY = 3;
  private static final long TIMEOUT = 10_000;

  /** An entry of the data queue, or of the list of waiters. */
  private static final class Entry {
    final ListEntry link = new ListEntry(this);
    final Shared<@Nullable Irp> irp;
    final KTimer timer = new KTimer("WaiterTimer");

    Entry(Irp irp) {
      this.irp = new Shared<>("entry.Irp", irp);
    }

    @Override
    public String toString() {
      return "entry";
    }
  }

  private final IoManager io;
  private final KEvent resource = new KEvent("Vcb.Lock", KEvent.Type.SYNCHRONIZATION_EVENT, true);
  private final ListEntry dataQueue = new ListEntry("DataQueue");
  private final KSpinLock waiterLock = new KSpinLock("WaitQueue.Lock");
  private final ListEntry waiters = new ListEntry("WaitQueue");
  private final DeviceObject device;

  NpfsPipe(Machine machine) {
    io = IoManager.of(machine);
    DriverObject driver =
        new DriverObject("npfs")
            .setMajorFunction(IRP_MJ_READ, this::read)
            .setMajorFunction(IRP_MJ_DEVICE_CONTROL, this::waitForConnection);
    device = io.createDevice(driver, "pipe", this);
  }

  private NtStatus read(DeviceObject device, Irp irp) {
    resource.waitForSingleObject();
    boolean cancelled = pend(irp, new Entry(irp), dataQueue, this::cancelRead);
    resource.set();
    return answer(irp, cancelled);
  }

  private NtStatus waitForConnection(DeviceObject device, Irp irp) {
    Entry entry = new Entry(irp);
    Irql irql = waiterLock.acquire();
    boolean cancelled = pend(irp, entry, waiters, this::cancelWait);
    if (!cancelled) {
      entry.timer.set(TIMEOUT, new KDpc("WaiterDpc", (dpc, context, one, two) -> timedOut(entry), null));
    }
    waiterLock.release(irql);
    return answer(irp, cancelled);
  }

  private static boolean pend(Irp irp, Entry entry, ListEntry list, DriverCancel routine) {
    irp.markPending();
    irp.setDriverContext(ENTRY, entry);
    list.insertTail(entry.link);
    irp.setCancelRoutine(routine);
    if (irp.cancel() && irp.setCancelRoutine(null) != null) {
      entry.link.removeEntry();
      return true;
    }
    return false;
  }

  private NtStatus answer(Irp irp, boolean cancelled) {
    if (cancelled) {
      complete(irp, STATUS_CANCELLED);
    }
    return STATUS_PENDING;
  }

  private void cancelRead(DeviceObject device, Irp irp) {
    io.releaseCancelSpinLock(irp.cancelIrql());
    resource.waitForSingleObject();
    unlink(irp);
    resource.set();
    complete(irp, STATUS_CANCELLED);
  }

  private void cancelWait(DeviceObject device, Irp irp) {
    io.releaseCancelSpinLock(irp.cancelIrql());
    Irql irql = waiterLock.acquire();
    unlink(irp);
    waiterLock.release(irql);
    complete(irp, STATUS_CANCELLED);
  }

  private static void unlink(Irp irp) {
    if (irp.driverContext(ENTRY) instanceof Entry entry) {
      entry.link.removeEntry();
      entry.irp.set(null);
      entry.timer.cancel();
    }
  }

  /** Takes an entry's IRP; null when its cancel routine has it, which then finds no entry any more. */
  private static @Nullable Irp take(Entry entry) {
    Irp irp = entry.irp.get();
    if (irp == null) {
      return null;
    }
    entry.link.removeEntry();
    entry.irp.set(null);
    if (irp.setCancelRoutine(null) != null) {
      return irp;
    }
    irp.setDriverContext(ENTRY, null);
    return null;
  }

  private void write() {
    resource.waitForSingleObject();
    Irp irp = null;
    while (irp == null && !dataQueue.isEmpty()) {
      irp = take((Entry) requireNonNull(requireNonNull(dataQueue.flink()).container()));
    }
    resource.set();
    if (irp != null) {
      complete(irp, STATUS_SUCCESS);
    }
  }

  private void timedOut(Entry entry) {
    Irql irql = waiterLock.acquire();
    Irp irp = take(entry);
    waiterLock.release(irql);
    if (irp != null) {
      complete(irp, STATUS_IO_TIMEOUT);
    }
  }

  private void complete(Irp irp, NtStatus status) {
    irp.setIoStatus(status, 0);
    io.completeRequest(irp);
  }

  /** A read waits, and is cancelled while somebody writes. */
  static void readCancelWrite(Machine machine) {
    NpfsPipe pipe = new NpfsPipe(machine);
    Irp irp = pipe.io.buildRequest(new FileObject("reader", pipe.device), IRP_MJ_READ);
    machine.startThread("Read", () -> pipe.io.callDriver(pipe.device, irp));
    machine.startThread("Cancel", () -> pipe.io.cancelIrp(irp));
    machine.startThread("Write", pipe::write);
  }

  /** Somebody waits for a connection and is cancelled while his timer expires. */
  static void waitCancelTimeOut(Machine machine) {
    NpfsPipe pipe = new NpfsPipe(machine);
    Irp irp = pipe.io.buildRequest(new FileObject("client", pipe.device), IRP_MJ_DEVICE_CONTROL);
    machine.startThread("Wait", () -> pipe.io.callDriver(pipe.device, irp));
    machine.startThread("Cancel", () -> pipe.io.cancelIrp(irp));
  }
}
