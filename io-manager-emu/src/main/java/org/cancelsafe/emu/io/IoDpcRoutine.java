package org.cancelsafe.emu.io;

import org.cancelsafe.emu.ke.KDpc;
import org.jspecify.annotations.Nullable;

/**
 * {@code IO_DPC_ROUTINE}: a DpcForIsr, which finishes at DISPATCH_LEVEL what an interrupt service routine has begun.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-io_dpc_routine">IO_DPC_ROUTINE</a>
 */
@FunctionalInterface
public interface IoDpcRoutine {
  /** Runs once for all the {@link DeviceObject#requestDpc} since it began last; the arguments are the first one's. */
  void run(KDpc dpc, DeviceObject device, @Nullable Irp irp, @Nullable Object context);
}
