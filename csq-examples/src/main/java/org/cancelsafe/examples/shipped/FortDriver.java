package org.cancelsafe.examples.shipped;

import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Shared;
import org.jspecify.annotations.Nullable;

/**
 * How Fort Firewall hands its log to user mode: a buffer, and one slot for the IRP that waits for something to be in
 * it. Who finds the IRP in the slot, under the buffer's lock, owns it.
 *
 * <p>The cancel routine that lost it to a writer must not touch it for long: it looks into the slot with the cancel
 * spin lock still held, and the writer clears the routine under that lock, so it completes the IRP only when the
 * routine is done with it.
 */
class FortDriver {
  /** {@code FORT_BUFFER}, the device extension. */
  static final class Buffer {
    final KSpinLock lock = new KSpinLock("buf.lock");
    final Shared<@Nullable Irp> irp = new Shared<>("buf.irp", null);
    final Shared<Integer> entries = new Shared<>("buf.entries", 0);
  }

  /** {@code DriverEntry}. */
  final DriverObject driverObject() {
    return new DriverObject("fortfw").setMajorFunction(MajorFunction.IRP_MJ_DEVICE_CONTROL, this::getLogs);
  }

  private NtStatus getLogs(DeviceObject device, Irp irp) {
    Buffer buf = device.deviceExtension(Buffer.class);
    Irql irql = buf.lock.acquire();
    int entries = buf.entries.get();
    if (entries == 0) {
      return park(buf, irp, irql);
    }
    buf.entries.set(0);
    buf.lock.release(irql);
    irp.setIoStatus(NtStatus.STATUS_SUCCESS, entries);
    irp.io().completeRequest(irp);
    return NtStatus.STATUS_SUCCESS;
  }

  /** Leaves the IRP in the slot; called with the buffer's lock held, which it releases. */
  NtStatus park(Buffer buf, Irp irp, Irql irql) {
    irp.markPending();
    buf.irp.set(irp);
    irp.setCancelRoutine(this::cancelPending);
    boolean cancelled = irp.cancel() && irp.setCancelRoutine(null) != null;
    if (cancelled) {
      buf.irp.set(null);
    }
    buf.lock.release(irql);
    if (cancelled) {
      irp.setIoStatus(NtStatus.STATUS_CANCELLED, 0);
      irp.io().completeRequest(irp);
    }
    return NtStatus.STATUS_PENDING;
  }

  /** The cancel routine. */
  void cancelPending(DeviceObject device, Irp irp) {
    boolean found = clearSlot(device.deviceExtension(Buffer.class), irp);
    irp.io().releaseCancelSpinLock(irp.cancelIrql());
    if (found) {
      irp.io().completeRequest(irp);
    }
  }

  /** Takes a cancelled IRP out of the slot; whether it was there. */
  final boolean clearSlot(Buffer buf, Irp irp) {
    Irql irql = buf.lock.acquire();
    boolean found = buf.irp.get() == irp;
    if (found) {
      buf.irp.set(null);
      irp.setIoStatus(NtStatus.STATUS_CANCELLED, 0);
    }
    buf.lock.release(irql);
    return found;
  }

  /** Writes a log entry: to the IRP that waits, else to the buffer. */
  final void write(Buffer buf) {
    Irp irp = take(buf);
    if (irp != null) {
      irp.setIoStatus(NtStatus.STATUS_SUCCESS, 1);
      irp.io().completeRequest(irp);
    }
  }

  /** Takes the IRP that waits and clears its cancel routine. */
  @Nullable Irp take(Buffer buf) {
    Irql irql = buf.lock.acquire();
    Irp irp = emptySlot(buf);
    buf.lock.release(irql);
    if (irp != null) {
      Irql cancelIrql = irp.io().acquireCancelSpinLock();
      irp.setCancelRoutine(null);
      irp.io().releaseCancelSpinLock(cancelIrql);
    }
    return irp;
  }

  /** Takes the IRP out of the slot; when there is none, the entry goes to the buffer. */
  static @Nullable Irp emptySlot(Buffer buf) {
    Irp irp = buf.irp.get();
    if (irp == null) {
      buf.entries.set(buf.entries.get() + 1);
    } else {
      buf.irp.set(null);
    }
    return irp;
  }
}
