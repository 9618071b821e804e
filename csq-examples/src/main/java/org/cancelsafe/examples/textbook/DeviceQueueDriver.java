package org.cancelsafe.examples.textbook;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import java.util.function.Supplier;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.hunter.scenario.Scenario.Model;

/**
 * A driver with a StartIo routine: the I/O manager's device queue, and the system's cancel spin lock. It is correct.
 * The entries that are about StartIo override the one step that they get wrong.
 *
 * <p>While the cancel spin lock is held no cancel routine can begin, and an IRP is either in the device queue and
 * cancelable, or the current one. A queued IRP is its cancel routine's; the current one is StartIo's, which makes it
 * not cancelable and looks whether it was cancelled, in one go under the lock. So the cancel routine leaves the current
 * IRP alone.
 *
 * <p>The device is a timer here: when it expires, its DPC completes the current IRP.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/cancel-routines-in-drivers-with-startio-routines">
 *     Cancel routines in drivers with StartIo routines</a>
 */
public class DeviceQueueDriver {
  private static final long MILLISECOND = 10_000;

  private final KTimer timer = new KTimer("device");

  /** A driver that is not loaded yet. */
  public DeviceQueueDriver() {}

  /** {@code AddDevice}: creates the driver's device. */
  public final DeviceObject addDevice(IoManager io) {
    DriverObject driver =
        new DriverObject("starter").setMajorFunction(IRP_MJ_READ, this::read).setDriverStartIo(this::startIo);
    return io.createDevice(driver, "device", this);
  }

  /** The dispatch routine for reads. */
  protected NtStatus read(DeviceObject device, Irp irp) {
    irp.markPending();
    device.startPacket(irp, null, this::cancel);
    return STATUS_PENDING;
  }

  /** The StartIo routine: claims the IRP, and starts the device on it. At DISPATCH_LEVEL. */
  protected void startIo(DeviceObject device, Irp irp) {
    IoManager io = irp.io();
    Irql irql = io.acquireCancelSpinLock();
    if (irp != device.currentIrp()) {
      io.releaseCancelSpinLock(irql);
      return;
    }
    irp.setCancelRoutine(null);
    boolean cancelled = irp.cancel();
    io.releaseCancelSpinLock(irql);
    if (cancelled) {
      device.startNextPacket(true);
      complete(irp, STATUS_CANCELLED);
      return;
    }
    startDevice(device);
  }

  /** Has the device work on the current IRP. */
  protected final void startDevice(DeviceObject device) {
    timer.set(MILLISECOND, new KDpc("done", (own, context, first, second) -> finish(device), null));
  }

  /** The device is done with the current IRP. In a DPC. */
  protected void finish(DeviceObject device) {
    Irp irp = device.currentIrp();
    device.startNextPacket(true);
    if (irp != null) {
      complete(irp, STATUS_SUCCESS);
    }
  }

  /** The cancel routine. Entered at DISPATCH_LEVEL with the cancel spin lock held. */
  protected void cancel(DeviceObject device, Irp irp) {
    boolean queued =
        irp != device.currentIrp() && device.deviceQueue().removeEntry(irp.deviceQueueEntry());
    irp.io().releaseCancelSpinLock(irp.cancelIrql());
    if (queued) {
      complete(irp, STATUS_CANCELLED);
    }
  }

  /** Completes an IRP that is the caller's, with no lock held. */
  protected static void complete(Irp irp, NtStatus status) {
    irp.setIoStatus(status, 0);
    irp.io().completeRequest(irp);
  }

  /** A read is sent while another thread cancels it. */
  public static Model readWhileCancelling(Supplier<DeviceQueueDriver> driver) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      DeviceObject device = driver.get().addDevice(io);
      Irp read = io.buildRequest(new FileObject("file", device), IRP_MJ_READ);
      machine.startThread("Read", () -> io.callDriver(device, read));
      machine.startThread("Cancel", () -> io.cancelIrp(read));
      machine.afterwards(() -> expectIdle(device, read));
    };
  }

  /** The device works on a read, and another one is sent and cancelled. */
  public static Model secondReadWhileCancelling(Supplier<DeviceQueueDriver> driver) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      DeviceObject device = driver.get().addDevice(io);
      FileObject file = new FileObject("file", device);
      Irp first = io.buildRequest(file, IRP_MJ_READ);
      Irp second = io.buildRequest(file, IRP_MJ_READ);
      machine.startThread(
          "Read",
          () -> {
            io.callDriver(device, first);
            io.callDriver(device, second);
          });
      machine.startThread("Cancel", () -> io.cancelIrp(second));
      machine.afterwards(() -> expectIdle(device, first, second));
    };
  }

  private static void expectIdle(DeviceObject device, Irp... reads) {
    for (Irp read : reads) {
      if (read.userIosb().status() == null) {
        throw new AssertionError(read + " is not completed");
      }
    }
    if (device.deviceQueue().isBusy()) {
      throw new AssertionError("the device is busy with nothing");
    }
  }
}
