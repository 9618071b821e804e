package org.cancelsafe.emu.io;

/**
 * {@code DRIVER_DISPATCH}: serves an IRP. It completes the IRP and returns its status, sends it down and returns what
 * that returned, or marks it pending and returns STATUS_PENDING.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-driver_dispatch">
 *     DRIVER_DISPATCH</a>
 */
@FunctionalInterface
public interface DriverDispatch {
  /** Serves an IRP, at most at DISPATCH_LEVEL. */
  NtStatus dispatch(DeviceObject device, Irp irp);
}
