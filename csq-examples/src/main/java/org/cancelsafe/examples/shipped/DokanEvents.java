package org.cancelsafe.examples.shipped;

import static java.util.Objects.requireNonNull;
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
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.examples.drivers.PoolBlock;
import org.cancelsafe.hunter.scenario.Scenario.Model;

/**
 * How Dokany pends the IRPs with which user mode waits for events: an entry beside each in {@code NotifyEvent}, which
 * the IRP leads to, and which its cancel routine unlinks and frees. Correct here; the entries override what they get
 * wrong.
 */
class DokanEvents {
  static final int DRIVER_CONTEXT_IRP_ENTRY = 3;

  /** {@code DokanDCB}, the device extension: a mounted disk. */
  static final class Dcb {
    final KSpinLock listLock = new KSpinLock("ListLock");
    final ListEntry notifyEvent = new ListEntry("NotifyEvent");
  }

  /** {@code IRP_ENTRY}: what is kept beside a pended IRP. */
  static final class IrpEntry {
    final Irp irp;
    final ListEntry listEntry = new ListEntry(this);
    final PoolBlock memory = new PoolBlock("IrpEntry");

    IrpEntry(Irp irp) {
      this.irp = irp;
    }

    @Override
    public String toString() {
      return irp.toString();
    }
  }

  private final Dcb dcb = new Dcb();

  private NtStatus eventWait(DeviceObject device, Irp irp) {
    IrpEntry entry = new IrpEntry(irp);
    Irql irql = dcb.listLock.acquire();
    boolean cancelled = pend(dcb, entry);
    dcb.listLock.release(irql);
    if (cancelled) {
      complete(entry, STATUS_CANCELLED);
    }
    return STATUS_PENDING;
  }

  /** Leaves an IRP in the list; true when it was cancelled before and is the caller's. The lock is held. */
  boolean pend(Dcb dcb, IrpEntry entry) {
    Irp irp = entry.irp;
    irp.markPending();
    irp.setDriverContext(DRIVER_CONTEXT_IRP_ENTRY, entry);
    dcb.notifyEvent.insertTail(entry.listEntry);
    irp.setCancelRoutine(this::cancel);
    if (irp.cancel() && irp.setCancelRoutine(null) != null) {
      entry.listEntry.removeEntry();
      return true;
    }
    return false;
  }

  /** The cancel routine. */
  void cancel(DeviceObject device, Irp irp) {
    irp.io().releaseCancelSpinLock(irp.cancelIrql());
    remove((IrpEntry) requireNonNull(irp.driverContext(DRIVER_CONTEXT_IRP_ENTRY)));
  }

  /** Takes an IRP that is being cancelled out of the list and completes it. */
  final void remove(IrpEntry entry) {
    Irql irql = dcb.listLock.acquire();
    entry.listEntry.removeEntry();
    dcb.listLock.release(irql);
    complete(entry, STATUS_CANCELLED);
  }

  /** The disk is unmounted: completes all that wait. */
  void release(Dcb dcb) {
    List<IrpEntry> toComplete = new ArrayList<>();
    Irql irql = dcb.listLock.acquire();
    ListEntry next;
    for (ListEntry link = dcb.notifyEvent.flink(); link != dcb.notifyEvent; link = next) {
      next = requireNonNull(link).flink();
      IrpEntry entry = (IrpEntry) requireNonNull(link.container());
      if (entry.irp.setCancelRoutine(null) != null) {
        link.removeEntry();
        toComplete.add(entry);
      }
    }
    dcb.listLock.release(irql);
    toComplete.forEach(entry -> complete(entry, STATUS_SUCCESS));
  }

  static void complete(IrpEntry entry, NtStatus status) {
    entry.memory.free();
    entry.irp.setIoStatus(status, 0);
    entry.irp.io().completeRequest(entry.irp);
  }

  private static Irp newWait(Machine machine, DokanEvents driver) {
    IoManager io = IoManager.of(machine);
    DriverObject object = new DriverObject("dokan").setMajorFunction(IRP_MJ_DEVICE_CONTROL, driver::eventWait);
    DeviceObject device = io.createDevice(object, "\\Device\\Dokan", driver.dcb);
    return io.buildRequest(new FileObject("events", device), IRP_MJ_DEVICE_CONTROL);
  }

  private static void send(Irp irp) {
    irp.io().callDriver(requireNonNull(irp.nextStackLocation().fileObject()).deviceObject(), irp);
  }

  /** An IRP is sent and cancelled. */
  static Model waitAndCancel(Supplier<DokanEvents> driver) {
    return machine -> {
      Irp irp = newWait(machine, driver.get());
      machine.startThread("Wait", () -> send(irp));
      machine.startThread("Cancel", () -> irp.io().cancelIrp(irp));
    };
  }

  /** An IRP waits. It is cancelled while the disk is unmounted. */
  static Model cancelAndRelease(Supplier<DokanEvents> loaded) {
    return machine -> {
      DokanEvents driver = loaded.get();
      Irp irp = newWait(machine, driver);
      send(irp);
      machine.startThread("Cancel", () -> irp.io().cancelIrp(irp));
      machine.startThread("Release", () -> driver.release(driver.dcb));
    };
  }
}
