package org.cancelsafe.examples.shipped;

import static java.util.Objects.requireNonNull;

import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Shared;
import org.jspecify.annotations.Nullable;

/**
 * How the ndisprot sample receives: reads and packets are two queues under one lock, and whoever adds to either serves
 * the reads. A read that is being cancelled is skipped where it is.
 */
class NdisprotDriver {
  /** {@code NDISPROT_OPEN_CONTEXT}, the file object's context: an open adapter. */
  static final class OpenContext {
    final KSpinLock lock = new KSpinLock("Lock");
    final ListEntry pendedReads = new ListEntry("PendedReads");
    final Shared<Integer> recvPktCount = new Shared<>("RecvPktCount", 0);

    @Override
    public String toString() {
      return "open";
    }
  }

  /** {@code DriverEntry}. */
  final DriverObject driverObject() {
    return new DriverObject("ndisprot").setMajorFunction(MajorFunction.IRP_MJ_READ, this::read);
  }

  private NtStatus read(DeviceObject device, Irp irp) {
    FileObject file = requireNonNull(irp.currentStackLocation().fileObject());
    OpenContext open = (OpenContext) requireNonNull(file.fsContext());
    Irql irql = open.lock.acquire();
    irp.markPending();
    boolean pended = pend(open, irp);
    open.lock.release(irql);
    if (pended) {
      serviceReads(open);
    } else {
      irp.setIoStatus(NtStatus.STATUS_CANCELLED, 0);
      irp.io().completeRequest(irp);
    }
    return NtStatus.STATUS_PENDING;
  }

  /** Queues a read; false when it was cancelled already and is the caller's to complete. */
  boolean pend(OpenContext open, Irp irp) {
    irp.setDriverContext(0, open);
    irp.setCancelRoutine(NdisprotDriver::cancelRead);
    if (irp.cancel() && irp.setCancelRoutine(null) != null) {
      return false;
    }
    open.pendedReads.insertTail(irp.listEntry());
    return true;
  }

  /** The cancel routine. */
  static void cancelRead(DeviceObject device, Irp irp) {
    irp.io().releaseCancelSpinLock(irp.cancelIrql());
    OpenContext open = (OpenContext) requireNonNull(irp.driverContext(0));
    Irql irql = open.lock.acquire();
    irp.listEntry().removeEntry();
    open.lock.release(irql);
    irp.setIoStatus(NtStatus.STATUS_CANCELLED, 0);
    irp.io().completeRequest(irp);
  }

  /** A packet arrives. */
  final void receive(OpenContext open) {
    Irql irql = open.lock.acquire();
    open.recvPktCount.set(open.recvPktCount.get() + 1);
    open.lock.release(irql);
    serviceReads(open);
  }

  private void serviceReads(OpenContext open) {
    for (Irp read = matchedRead(open); read != null; read = matchedRead(open)) {
      read.setIoStatus(NtStatus.STATUS_SUCCESS, 1);
      read.io().completeRequest(read);
    }
  }

  /** Takes a read and a packet for it; null when one of the two is missing. */
  private @Nullable Irp matchedRead(OpenContext open) {
    Irql irql = open.lock.acquire();
    Irp read = null;
    if (open.recvPktCount.get() > 0) {
      read = removeFirstRead(open);
    }
    if (read != null) {
      open.recvPktCount.set(open.recvPktCount.get() - 1);
    }
    open.lock.release(irql);
    return read;
  }

  private @Nullable Irp removeFirstRead(OpenContext open) {
    ListEntry link = requireNonNull(open.pendedReads.flink());
    while (link != open.pendedReads) {
      Irp read = Irp.fromListEntry(link);
      if (read.setCancelRoutine(null) != null) {
        link.removeEntry();
        return read;
      }
      link = requireNonNull(link.flink());
    }
    return null;
  }
}
