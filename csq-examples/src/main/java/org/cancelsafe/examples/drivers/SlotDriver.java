package org.cancelsafe.examples.drivers;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_WRITE;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_DEVICE_BUSY;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import java.util.function.Supplier;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.hunter.scenario.Scenario.Model;
import org.jspecify.annotations.Nullable;

/**
 * A driver with one place for a read that waits; a write brings it data. Another read meanwhile is refused. It is
 * correct: whoever gets the cancel routine out of the IRP owns it, and a cancel routine that was called always
 * completes its IRP, whether the IRP is still in the slot or not.
 */
public class SlotDriver {
  /** A driver that is not loaded yet. */
  public SlotDriver() {}

  /** The device extension. */
  public static final class Extension {
    /** Guards the slot. */
    public final KSpinLock lock = new KSpinLock("lock");

    /** The read that waits. */
    public final Shared<@Nullable Irp> slot = new Shared<>("slot", null);
  }

  /** {@code AddDevice}: creates the driver's device. */
  public final DeviceObject addDevice(IoManager io) {
    DriverObject driver =
        new DriverObject("slot")
            .setMajorFunction(IRP_MJ_READ, this::read)
            .setMajorFunction(IRP_MJ_WRITE, this::write);
    return io.createDevice(driver, "device", new Extension());
  }

  /** The dispatch routine for reads: leaves the IRP in the slot. */
  protected NtStatus read(DeviceObject device, Irp irp) {
    Extension extension = extensionOf(device);
    Irql irql = extension.lock.acquire();
    if (extension.slot.get() != null) {
      extension.lock.release(irql);
      complete(irp, STATUS_DEVICE_BUSY);
      return STATUS_DEVICE_BUSY;
    }
    irp.markPending();
    extension.slot.set(irp);
    irp.setCancelRoutine(this::cancel);
    boolean cancelled = irp.cancel() && irp.setCancelRoutine(null) != null;
    if (cancelled) {
      extension.slot.set(null);
    }
    extension.lock.release(irql);
    if (cancelled) {
      complete(irp, STATUS_CANCELLED);
    }
    return STATUS_PENDING;
  }

  /** The dispatch routine for writes. */
  protected NtStatus write(DeviceObject device, Irp irp) {
    Irp read = take(extensionOf(device));
    if (read != null) {
      complete(read, STATUS_SUCCESS);
    }
    complete(irp, STATUS_SUCCESS);
    return STATUS_SUCCESS;
  }

  /** Empties the slot; returns the IRP that was in it when it is the caller's. */
  protected @Nullable Irp take(Extension extension) {
    Irql irql = extension.lock.acquire();
    Irp irp = extension.slot.get();
    extension.slot.set(null);
    if (irp != null && irp.setCancelRoutine(null) == null) {
      irp = null; // its cancel routine completes it
    }
    extension.lock.release(irql);
    return irp;
  }

  /** The cancel routine. */
  protected void cancel(DeviceObject device, Irp irp) {
    irp.io().releaseCancelSpinLock(irp.cancelIrql());
    clearSlot(extensionOf(device), irp);
    complete(irp, STATUS_CANCELLED);
  }

  /** Takes this IRP out of the slot; whether it was there. */
  protected final boolean clearSlot(Extension extension, Irp irp) {
    Irql irql = extension.lock.acquire();
    boolean found = extension.slot.get() == irp;
    if (found) {
      extension.slot.set(null);
    }
    extension.lock.release(irql);
    return found;
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

  /** A read is sent while another thread cancels it. */
  public static Model readWhileCancelling(Supplier<? extends SlotDriver> driver) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      DeviceObject device = driver.get().addDevice(io);
      Irp read = io.buildRequest(new FileObject("file", device), IRP_MJ_READ);
      machine.startThread("Read", () -> io.callDriver(device, read));
      machine.startThread("Cancel", () -> io.cancelIrp(read));
    };
  }

  /** A read is sent while another thread writes. */
  public static Model readWhileWriting(Supplier<? extends SlotDriver> driver) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      FileObject file = new FileObject("file", driver.get().addDevice(io));
      machine.startThread("Read", () -> io.request(file, IRP_MJ_READ));
      machine.startThread("Write", () -> io.request(file, IRP_MJ_WRITE));
    };
  }

  /** A read is pending. A write brings it data while another thread cancels it. */
  public static Model writeWhileCancelling(Supplier<? extends SlotDriver> driver) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      DeviceObject device = driver.get().addDevice(io);
      FileObject file = new FileObject("file", device);
      Irp read = io.request(file, IRP_MJ_READ);
      machine.startThread("Cancel", () -> io.cancelIrp(read));
      machine.startThread("Write", () -> io.request(file, IRP_MJ_WRITE));
    };
  }
}
