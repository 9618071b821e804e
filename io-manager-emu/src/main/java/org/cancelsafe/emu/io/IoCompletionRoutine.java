package org.cancelsafe.emu.io;

import org.jspecify.annotations.Nullable;

/**
 * {@code IO_COMPLETION_ROUTINE}: told on the way up that the drivers below are done with an IRP.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-io_completion_routine">
 *     IO_COMPLETION_ROUTINE</a>
 */
@FunctionalInterface
public interface IoCompletionRoutine {
  /**
   * Told of the completion, at most at DISPATCH_LEVEL, in an arbitrary thread.
   *
   * @param device the device of the driver that set the routine; null when it has no stack location of its own
   * @return STATUS_MORE_PROCESSING_REQUIRED to stop the walk and own the IRP again; anything else to go on
   */
  NtStatus completed(@Nullable DeviceObject device, Irp irp, @Nullable Object context);
}
