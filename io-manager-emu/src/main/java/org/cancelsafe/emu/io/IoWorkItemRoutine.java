package org.cancelsafe.emu.io;

import org.jspecify.annotations.Nullable;

/**
 * {@code IO_WORKITEM_ROUTINE}: does at PASSIVE_LEVEL, in a system thread, what cannot be done where it was queued.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-io_workitem_routine">
 *     IO_WORKITEM_ROUTINE</a>
 */
@FunctionalInterface
public interface IoWorkItemRoutine {
  /** Runs in a system thread; the work item may be queued again, or freed. */
  void run(DeviceObject device, @Nullable Object context);
}
