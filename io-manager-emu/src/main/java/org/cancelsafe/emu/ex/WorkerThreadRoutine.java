package org.cancelsafe.emu.ex;

import org.jspecify.annotations.Nullable;

/**
 * {@code WORKER_THREAD_ROUTINE}: does at PASSIVE_LEVEL, in a system thread, what cannot be done where it was queued.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinitializeworkitem">
 *     ExInitializeWorkItem</a>
 */
@FunctionalInterface
public interface WorkerThreadRoutine {
  /** Runs in a system thread; the work item is out of its queue, and may be queued again, or its memory freed. */
  void run(@Nullable Object parameter);
}
