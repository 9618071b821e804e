package org.cancelsafe.emu.io;

import org.jspecify.annotations.Nullable;

/**
 * {@code IO_WORKITEM_ROUTINE_EX}: as {@link IoWorkItemRoutine}, and is told its work item.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nc-wdm-io_workitem_routine_ex">
 *     IO_WORKITEM_ROUTINE_EX</a>
 */
@FunctionalInterface
public interface IoWorkItemRoutineEx {
  /** Runs in a system thread; the work item may be queued again, or freed. */
  void run(DeviceObject device, @Nullable Object context, IoWorkItem workItem);
}
