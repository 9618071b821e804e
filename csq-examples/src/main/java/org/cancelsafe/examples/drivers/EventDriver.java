package org.cancelsafe.examples.drivers;

import static java.util.Objects.requireNonNull;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_CLEANUP;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_DEVICE_CONTROL;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.hunter.scenario.Scenario.Model;
import org.jspecify.annotations.Nullable;

/**
 * S-3, after general/event/wdm: an IRP waits for an event that a timer brings. Three may want it: the timer's DPC, the
 * cancel routine, cleanup. Who gets the cancel routine out of the IRP completes it. Who frees the record beside it is
 * told by KeCancelTimer: TRUE, there will be no DPC and the caller frees; FALSE, the DPC comes or has come, and
 * whichever of the two is last frees.
 */
public class EventDriver {
  private static final int RECORD = 3;
  private static final long DUE_TIME = 10_000;

  /** The device extension. */
  public static final class Extension {
    final KSpinLock queueLock = new KSpinLock("QueueLock");
    final ListEntry eventQueue = new ListEntry("EventQueue");
  }

  /** {@code NOTIFY_RECORD}: what is kept beside a pended IRP. */
  public static final class Record {
    /** Brings the event. */
    public final KTimer timer = new KTimer("Timer");

    /** The record's memory. */
    public final PoolBlock memory = new PoolBlock("Record");

    final ListEntry listEntry = new ListEntry(this);
    final KDpc dpc;
    final Shared<@Nullable Irp> pendingIrp;
    final Shared<Boolean> cancelRoutineFreeMemory = new Shared<>("CancelRoutineFreeMemory", false);

    Record(Irp irp, KDpc.KDeferredRoutine routine) {
      pendingIrp = new Shared<>("PendingIrp", irp);
      dpc = new KDpc("TimerDpc", routine, this);
    }

    @Override
    public String toString() {
      return "Record";
    }
  }

  private final Extension extension = new Extension();
  private final List<Record> records = new ArrayList<>();

  /** A driver that is not loaded yet. */
  public EventDriver() {}

  /** {@code AddDevice}: creates the driver's device. */
  public final DeviceObject addDevice(IoManager io) {
    DriverObject driver =
        new DriverObject("event")
            .setMajorFunction(IRP_MJ_DEVICE_CONTROL, this::registerEvent)
            .setMajorFunction(IRP_MJ_CLEANUP, this::cleanup);
    return io.createDevice(driver, "event", extension);
  }

  private NtStatus registerEvent(DeviceObject device, Irp irp) {
    Record record = new Record(irp, (dpc, context, one, two) -> timerDpc((Record) requireNonNull(context)));
    records.add(record);
    Irql irql = extension.queueLock.acquire();
    irp.setCancelRoutine(this::cancel);
    if (irp.cancel() && irp.setCancelRoutine(null) != null) {
      extension.queueLock.release(irql);
      record.memory.free();
      complete(irp, STATUS_CANCELLED);
      return STATUS_CANCELLED;
    }
    irp.markPending();
    extension.eventQueue.insertTail(record.listEntry);
    irp.setDriverContext(RECORD, record);
    record.timer.set(DUE_TIME, record.dpc);
    extension.queueLock.release(irql);
    return STATUS_PENDING;
  }

  private void cancel(DeviceObject device, Irp irp) {
    irp.io().releaseCancelSpinLock(irp.cancelIrql());
    Irql irql = extension.queueLock.acquire();
    Record record = (Record) requireNonNull(irp.driverContext(RECORD));
    record.listEntry.removeEntry();
    record.pendingIrp.set(null);
    freeUnlessDpcDoes(record);
    extension.queueLock.release(irql);
    complete(irp, STATUS_CANCELLED);
  }

  /** The cancel routine is done with the record. Called with the lock held. */
  protected void freeUnlessDpcDoes(Record record) {
    if (record.timer.cancel() || record.cancelRoutineFreeMemory.get()) {
      record.memory.free();
    } else {
      record.listEntry.initialize();
    }
  }

  private void timerDpc(Record record) {
    Irql irql = extension.queueLock.acquire();
    record.memory.use();
    record.listEntry.removeEntry();
    Irp irp = record.pendingIrp.get();
    if (irp == null) {
      record.memory.free();
    } else if (isMine(irp)) {
      extension.queueLock.release(irql);
      complete(irp, STATUS_SUCCESS);
      irql = extension.queueLock.acquire();
      record.memory.free();
    } else {
      record.cancelRoutineFreeMemory.set(true);
      record.listEntry.initialize();
    }
    extension.queueLock.release(irql);
  }

  /** Whether the DPC, rather than the cancel routine, completes the IRP. Called with the lock held. */
  protected boolean isMine(Irp irp) {
    return irp.setCancelRoutine(null) != null;
  }

  private NtStatus cleanup(DeviceObject device, Irp cleanup) {
    List<Irp> toComplete = new ArrayList<>();
    Irql irql = extension.queueLock.acquire();
    ListEntry next;
    for (ListEntry link = extension.eventQueue.flink(); link != extension.eventQueue; link = next) {
      next = requireNonNull(link).flink();
      Record record = (Record) requireNonNull(link.container());
      Irp irp = record.pendingIrp.get();
      if (irp != null && irp.setCancelRoutine(null) != null) {
        link.removeEntry();
        record.pendingIrp.set(null);
        toComplete.add(irp);
        freeUnlessDpcDoes(record);
      }
    }
    extension.queueLock.release(irql);
    toComplete.forEach(irp -> complete(irp, STATUS_CANCELLED));
    complete(cleanup, STATUS_SUCCESS);
    return STATUS_SUCCESS;
  }

  private static void complete(Irp irp, NtStatus status) {
    irp.setIoStatus(status, 0);
    irp.io().completeRequest(irp);
  }

  /** One IRP waits for its event, another thread cancels it, and the timer expires when it likes. */
  public static Model cancel(Supplier<EventDriver> driver) {
    return machine -> new Requests(machine, driver.get()).start(true, false);
  }

  /** One IRP waits, and its file is cleaned up. */
  public static Model cleanUp(Supplier<EventDriver> driver) {
    return machine -> new Requests(machine, driver.get()).start(false, true);
  }

  /** All three want the IRP. */
  public static Model cancelAndCleanUp(Supplier<EventDriver> driver) {
    return machine -> new Requests(machine, driver.get()).start(true, true);
  }

  /** What the driver's clients do. */
  private record Requests(Machine machine, EventDriver driver) {
    void start(boolean cancel, boolean cleanup) {
      IoManager io = IoManager.of(machine);
      DeviceObject device = driver.addDevice(io);
      FileObject file = new FileObject("file", device);
      Irp irp = io.buildRequest(file, IRP_MJ_DEVICE_CONTROL);
      machine.startThread("Register", () -> io.callDriver(device, irp));
      if (cancel) {
        machine.startThread("Cancel", () -> io.cancelIrp(irp));
      }
      if (cleanup) {
        machine.startThread("Cleanup", () -> io.request(file, IRP_MJ_CLEANUP));
      }
      machine.afterwards(() -> driver.records.forEach(record -> record.memory.checkFreed()));
    }
  }
}
