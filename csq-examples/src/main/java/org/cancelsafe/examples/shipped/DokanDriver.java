package org.cancelsafe.examples.shipped;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Shared;

/**
 * How Dokany pends a create: it waits in {@code PendingIrp} for user mode to answer. The cancel routine does not
 * complete it. It marks its entry as canceled by force and wakes the timeout thread, which completes what was marked,
 * and also what nobody answered in time.
 */
class DokanDriver {
  private static final int DRIVER_CONTEXT_IRP_ENTRY = 3;
  private static final long CHECK_INTERVAL = 50_000_000;

  /** {@code DokanDCB}, the device extension: a mounted disk. */
  static final class Dcb {
    final KSpinLock listLock = new KSpinLock("ListLock");
    final ListEntry pendingIrp = new ListEntry("PendingIrp");
    final ListEntry forcedCanceled = new ListEntry("ForcedCanceled");
    final KEvent forceTimeoutEvent = new KEvent("ForceTimeoutEvent", KEvent.Type.SYNCHRONIZATION_EVENT, false);
  }

  /** {@code IRP_ENTRY}: a pended IRP. */
  static final class IrpEntry {
    final Irp irp;
    final ListEntry listEntry = new ListEntry(this);
    final Shared<Boolean> forcedCanceled = new Shared<>("ForcedCanceled", false);

    IrpEntry(Irp irp) {
      this.irp = irp;
    }

    @Override
    public String toString() {
      return irp.toString();
    }
  }

  /** {@code DriverEntry}. */
  final DriverObject driverObject() {
    return new DriverObject("dokan").setMajorFunction(MajorFunction.IRP_MJ_CREATE, this::dispatchCreate);
  }

  private NtStatus dispatchCreate(DeviceObject device, Irp irp) {
    Dcb dcb = device.deviceExtension(Dcb.class);
    IrpEntry entry = new IrpEntry(irp);
    Irql irql = dcb.listLock.acquire();
    irp.markPending();
    irp.setDriverContext(DRIVER_CONTEXT_IRP_ENTRY, entry);
    dcb.pendingIrp.insertTail(entry.listEntry);
    irp.setCancelRoutine(this::cancelCreate);
    boolean cancelled = irp.cancel() && irp.setCancelRoutine(null) != null;
    if (cancelled) {
      entry.listEntry.removeEntry();
    }
    dcb.listLock.release(irql);
    if (cancelled) {
      complete(irp, NtStatus.STATUS_CANCELLED);
    }
    return NtStatus.STATUS_PENDING;
  }

  private void cancelCreate(DeviceObject device, Irp irp) {
    irp.io().releaseCancelSpinLock(irp.cancelIrql());
    Dcb dcb = device.deviceExtension(Dcb.class);
    IrpEntry entry = (IrpEntry) requireNonNull(irp.driverContext(DRIVER_CONTEXT_IRP_ENTRY));
    Irql irql = dcb.listLock.acquire();
    entry.forcedCanceled.set(true);
    dcb.listLock.release(irql);
    dcb.forceTimeoutEvent.set();
  }

  /** The timeout thread. The interval passes once at most, so that a run comes to an end. */
  final void timeoutThread(Dcb dcb) {
    boolean timedOut = !dcb.forceTimeoutEvent.waitForSingleObject(CHECK_INTERVAL);
    releaseTimeoutPendingIrp(dcb, timedOut);
    forcedTimeouts(dcb);
  }

  /** The timeout thread where nothing times out. */
  final void forcedTimeouts(Dcb dcb) {
    while (true) {
      dcb.forceTimeoutEvent.waitForSingleObject();
      releaseTimeoutPendingIrp(dcb, false);
    }
  }

  private void releaseTimeoutPendingIrp(Dcb dcb, boolean timedOut) {
    List<Irp> toComplete = new ArrayList<>();
    Irql irql = dcb.listLock.acquire();
    removeFrom(dcb.pendingIrp, timedOut, toComplete);
    removeFrom(dcb.forcedCanceled, false, toComplete);
    dcb.listLock.release(irql);
    toComplete.forEach(irp -> complete(irp, NtStatus.STATUS_CANCELLED));
  }

  private void removeFrom(ListEntry list, boolean timedOut, List<Irp> toComplete) {
    ListEntry next;
    for (ListEntry link = list.flink(); link != list; link = next) {
      next = requireNonNull(link).flink();
      IrpEntry entry = (IrpEntry) requireNonNull(link.container());
      if (entry.forcedCanceled.get() || timedOut && takeTimedOut(entry.irp)) {
        link.removeEntry();
        toComplete.add(entry.irp);
      }
    }
  }

  /** Takes an IRP that timed out, unless its cancel routine is on its way to mark it. */
  boolean takeTimedOut(Irp irp) {
    return irp.setCancelRoutine(null) != null;
  }

  /** User mode answers: completes the create that has waited longest, unless it is canceled by force. */
  final void reply(Dcb dcb) {
    Irql irql = dcb.listLock.acquire();
    ListEntry link = dcb.pendingIrp.removeHead();
    Irp irp = link == dcb.pendingIrp ? null : ((IrpEntry) requireNonNull(link.container())).irp;
    if (irp != null && irp.setCancelRoutine(null) == null) {
      leaveToTimeoutThread(dcb, link);
      irp = null;
    }
    dcb.listLock.release(irql);
    if (irp != null) {
      complete(irp, NtStatus.STATUS_SUCCESS);
    }
  }

  /** The cancel routine is on its way to mark this entry; the timeout thread has to find it. */
  void leaveToTimeoutThread(Dcb dcb, ListEntry link) {
    dcb.forcedCanceled.insertTail(link);
  }

  private static void complete(Irp irp, NtStatus status) {
    irp.setIoStatus(status, 0);
    irp.io().completeRequest(irp);
  }
}
