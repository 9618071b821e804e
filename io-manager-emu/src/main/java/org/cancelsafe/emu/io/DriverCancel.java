package org.cancelsafe.emu.io;

/**
 * {@code DRIVER_CANCEL}: cancels an IRP. Called at DISPATCH_LEVEL with the system's cancel spin lock held, in an
 * arbitrary thread; {@code Irp->Cancel} is TRUE and {@code Irp->CancelRoutine} NULL. It releases the lock with
 * {@link Irp#cancelIrql()} before it does anything else of weight.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-driver_cancel">DRIVER_CANCEL</a>
 */
@FunctionalInterface
public interface DriverCancel {
  /**
   * Cancels an IRP.
   *
   * @param device the device of the IRP's current stack location, which need not be the one whose queue it is in
   */
  void cancel(DeviceObject device, Irp irp);
}
