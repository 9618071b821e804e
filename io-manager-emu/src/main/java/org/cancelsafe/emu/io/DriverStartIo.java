package org.cancelsafe.emu.io;

/**
 * {@code DRIVER_STARTIO}: starts the device on an IRP. Called at DISPATCH_LEVEL, for one IRP at a time: until the
 * driver calls {@link DeviceObject#startNextPacket}, the others wait in the device queue.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-driver_startio">DRIVER_STARTIO</a>
 */
@FunctionalInterface
public interface DriverStartIo {
  /** Starts the device on an IRP, which is {@link DeviceObject#currentIrp()}. */
  void startIo(DeviceObject device, Irp irp);
}
