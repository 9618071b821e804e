package org.cancelsafe.examples.shipped;

import static java.util.Objects.requireNonNull;

import java.util.function.Supplier;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.scenario.Scenario.Model;
import org.jspecify.annotations.Nullable;

/**
 * How usbip-win's virtual host controller keeps URBs: each has an {@code urb_req} in the list of its port's device
 * until the server answers. The port's unplug fails those that are left.
 */
class VhciDriver {
  private static final NtStatus STATUS_DEVICE_NOT_CONNECTED = NtStatus.of(0xC000009D);

  /** {@code vpdo_dev_t}, the device extension: what is plugged into a port. */
  static final class Vpdo {
    final KSpinLock lockUrbr = new KSpinLock("lock_urbr");
    final ListEntry headUrbr = new ListEntry("head_urbr");
  }

  /** {@code struct urb_req}: a URB that waits for the server. */
  static final class UrbReq {
    final Irp irp;
    final ListEntry listAll = new ListEntry(this);

    UrbReq(Irp irp) {
      this.irp = irp;
    }

    @Override
    public String toString() {
      return irp.toString();
    }
  }

  /** {@code DriverEntry}. */
  final DriverObject driverObject() {
    return new DriverObject("usbip_vhci")
        .setMajorFunction(MajorFunction.IRP_MJ_INTERNAL_DEVICE_CONTROL, this::submitUrbr)
        .setMajorFunction(MajorFunction.IRP_MJ_DEVICE_CONTROL, this::unplug);
  }

  private NtStatus submitUrbr(DeviceObject device, Irp irp) {
    Vpdo vpdo = device.deviceExtension(Vpdo.class);
    UrbReq urbr = new UrbReq(irp);
    if (park(vpdo, urbr)) {
      irp.setIoStatus(NtStatus.STATUS_CANCELLED, 0);
      irp.io().completeRequest(irp);
    }
    return NtStatus.STATUS_PENDING;
  }

  /** Leaves a URB in the list; true when it was cancelled before and is the caller's to complete. */
  boolean park(Vpdo vpdo, UrbReq urbr) {
    Irp irp = urbr.irp;
    Irql irql = vpdo.lockUrbr.acquire();
    irp.markPending();
    irp.setDriverContext(0, urbr);
    vpdo.headUrbr.insertTail(urbr.listAll);
    irp.setCancelRoutine(this::cancelUrbr);
    boolean cancelled = irp.cancel() && irp.setCancelRoutine(null) != null;
    if (cancelled) {
      urbr.listAll.removeEntry();
    }
    vpdo.lockUrbr.release(irql);
    return cancelled;
  }

  /** The cancel routine. */
  void cancelUrbr(DeviceObject device, Irp irp) {
    irp.io().releaseCancelSpinLock(irp.cancelIrql());
    Vpdo vpdo = device.deviceExtension(Vpdo.class);
    UrbReq urbr = (UrbReq) requireNonNull(irp.driverContext(0));
    Irql irql = vpdo.lockUrbr.acquire();
    urbr.listAll.removeEntry();
    vpdo.lockUrbr.release(irql);
    irp.setIoStatus(NtStatus.STATUS_CANCELLED, 0);
    irp.io().completeRequest(irp);
  }

  private NtStatus unplug(DeviceObject device, Irp irp) {
    Vpdo vpdo = device.deviceExtension(Vpdo.class);
    for (Irp urb = removeUrbr(vpdo); urb != null; urb = removeUrbr(vpdo)) {
      urb.setIoStatus(STATUS_DEVICE_NOT_CONNECTED, 0);
      urb.io().completeRequest(urb);
    }
    irp.setIoStatus(NtStatus.STATUS_SUCCESS, 0);
    irp.io().completeRequest(irp);
    return NtStatus.STATUS_SUCCESS;
  }

  /** Takes the next URB to be failed. The links are made harmless for a cancel routine that comes late. */
  private @Nullable Irp removeUrbr(Vpdo vpdo) {
    Irp taken = null;
    Irql irql = vpdo.lockUrbr.acquire();
    while (taken == null && !vpdo.headUrbr.isEmpty()) {
      ListEntry link = vpdo.headUrbr.removeHead();
      link.initialize();
      UrbReq urbr = (UrbReq) requireNonNull(link.container());
      taken = clearCancelRoutine(urbr.irp) ? urbr.irp : null;
    }
    vpdo.lockUrbr.release(irql);
    return taken;
  }

  /** Whether the IRP is the caller's to complete. */
  boolean clearCancelRoutine(Irp irp) {
    return irp.setCancelRoutine(null) != null;
  }

  /** A URB is submitted and cancelled. */
  static Model submitAndCancel(Supplier<VhciDriver> driver) {
    return machine -> new Clients(machine, driver.get()).start(true, false);
  }

  /** A URB is submitted, and the port is unplugged. */
  static Model submitAndUnplug(Supplier<VhciDriver> driver) {
    return machine -> new Clients(machine, driver.get()).start(false, true);
  }

  /** A URB is submitted and cancelled, and the port is unplugged. */
  static Model submitCancelAndUnplug(Supplier<VhciDriver> driver) {
    return machine -> new Clients(machine, driver.get()).start(true, true);
  }

  private record Clients(Machine machine, VhciDriver driver) {
    void start(boolean cancel, boolean unplugged) {
      IoManager io = IoManager.of(machine);
      DeviceObject device = io.createDevice(driver.driverObject(), "\\Device\\vpdo", new Vpdo());
      FileObject file = new FileObject("port", device);
      Irp urb = io.buildRequest(file, MajorFunction.IRP_MJ_INTERNAL_DEVICE_CONTROL);
      Irp unplug = io.buildRequest(file, MajorFunction.IRP_MJ_DEVICE_CONTROL);
      machine.startThread("Submit", () -> io.callDriver(device, urb));
      if (cancel) {
        machine.startThread("Cancel", () -> io.cancelIrp(urb));
      }
      if (unplugged) {
        machine.startThread("Unplug", () -> io.callDriver(device, unplug));
      }
    }
  }
}
