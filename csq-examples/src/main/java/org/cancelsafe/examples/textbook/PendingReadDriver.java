package org.cancelsafe.examples.textbook;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_WRITE;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.jspecify.annotations.Nullable;

/**
 * A driver that pends reads until a write brings data, with its own queue, its own spin lock and its own cancel
 * routine. It is correct. The entries of this package override the one step that they get wrong.
 *
 * <p>Three rules make it work.
 *
 * <p><b>Whoever gets the cancel routine out of the IRP owns the IRP.</b> IoCancelIrp, the dispatch routine that finds
 * {@code Cancel} set, and whoever dequeues all exchange the routine with NULL, and one of them gets it. The owner
 * completes the IRP; the others leave it alone. Whether {@code Cancel} is TRUE decides nothing.
 *
 * <p><b>Arm first, then test.</b> A cancellation that comes before the routine is set finds none to call and only
 * leaves {@code Cancel} behind. Nobody will call again, so it must be looked for after the routine was set.
 *
 * <p><b>The lock guards the links.</b> A cancel routine always unlinks its IRP, and must be able to. So the IRP is
 * linked before it is armed; who takes it out of the list claims it under the same lock, and having lost the claim
 * makes the entry point at itself, which is harmless to unlink again. The cancel routine gives the cancel spin lock
 * back before it takes the queue's lock: the two are never nested.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/using-a-driver-supplied-spin-lock">Using a
 *     driver-supplied spin lock</a>
 */
public class PendingReadDriver {
  /** A driver that is not loaded yet. */
  public PendingReadDriver() {}

  /** The device extension: the reads that wait, and the lock of their links. */
  protected static final class Extension {
    /** Of the machine that the device is on. */
    public final IoManager io;

    /** The reads that wait. */
    public final ListEntry queue = new ListEntry("queue");

    /** Guards the links. */
    public final KSpinLock lock = new KSpinLock("lock");

    Extension(IoManager io) {
      this.io = io;
    }
  }

  /** {@code AddDevice}: creates the driver's device. */
  public final DeviceObject addDevice(IoManager io) {
    return io.createDevice(driverObject(), "device", new Extension(io));
  }

  /** {@code DriverEntry}: the driver and its dispatch routines. */
  protected DriverObject driverObject() {
    return new DriverObject("reader")
        .setMajorFunction(IRP_MJ_READ, this::read)
        .setMajorFunction(IRP_MJ_WRITE, this::write);
  }

  /** The dispatch routine for reads: queues the IRP. */
  protected NtStatus read(DeviceObject device, Irp irp) {
    Extension extension = extensionOf(device);
    Irql irql = extension.lock.acquire();
    irp.markPending();
    extension.queue.insertTail(irp.listEntry());
    boolean cancelled = makeCancelable(irp);
    extension.lock.release(irql);
    if (cancelled) {
      complete(irp, STATUS_CANCELLED);
    }
    return STATUS_PENDING;
  }

  /**
   * Makes a queued IRP cancelable. The lock is held.
   *
   * @return whether the IRP was cancelled before and is the caller's to complete; it is in no list then
   */
  protected boolean makeCancelable(Irp irp) {
    irp.setCancelRoutine(this::cancel);
    if (irp.cancel() && irp.setCancelRoutine(null) != null) {
      irp.listEntry().removeEntry();
      return true;
    }
    return false;
  }

  /** The dispatch routine for writes: completes the read that has waited longest, and says how many that were. */
  protected NtStatus write(DeviceObject device, Irp irp) {
    int reads = 0;
    Irp read = dequeue(extensionOf(device));
    if (read != null) {
      serve(device, read);
      reads = 1;
    }
    irp.setIoStatus(STATUS_SUCCESS, reads);
    irp.io().completeRequest(irp);
    return STATUS_SUCCESS;
  }

  /** Gives a read that was dequeued its data. */
  protected void serve(DeviceObject device, Irp read) {
    complete(read, STATUS_SUCCESS);
  }

  /** Takes an IRP out of the queue: the caller's to complete; null when there is none. */
  protected @Nullable Irp dequeue(Extension extension) {
    Irql irql = extension.lock.acquire();
    Irp irp = claimNext(extension);
    extension.lock.release(irql);
    return irp;
  }

  /** Unlinks the first IRP that nobody is cancelling. The lock is held. */
  protected @Nullable Irp claimNext(Extension extension) {
    while (!extension.queue.isEmpty()) {
      Irp irp = Irp.fromListEntry(extension.queue.removeHead());
      if (irp.setCancelRoutine(null) != null) {
        return irp;
      }
      irp.listEntry().initialize();
    }
    return null;
  }

  /** The cancel routine. Entered at DISPATCH_LEVEL with the cancel spin lock held. */
  protected void cancel(DeviceObject device, Irp irp) {
    irp.io().releaseCancelSpinLock(irp.cancelIrql());
    Extension extension = extensionOf(device);
    Irql irql = extension.lock.acquire();
    irp.listEntry().removeEntry();
    extension.lock.release(irql);
    complete(irp, STATUS_CANCELLED);
  }

  /** Completes an IRP that is the caller's, with no lock held. */
  protected void complete(Irp irp, NtStatus status) {
    irp.setIoStatus(status, 0);
    irp.io().completeRequest(irp);
  }

  /** The extension of this driver's device. */
  protected static Extension extensionOf(DeviceObject device) {
    return device.deviceExtension(Extension.class);
  }
}
