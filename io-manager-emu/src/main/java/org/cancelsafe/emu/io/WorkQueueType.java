package org.cancelsafe.emu.io;

import org.cancelsafe.emu.ex.WorkQueue;

/**
 * {@code WORK_QUEUE_TYPE}: how urgent a work item is. Every work item here has a system thread at once.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/ne-wdm-_work_queue_type">
 *     WORK_QUEUE_TYPE</a>
 */
public enum WorkQueueType implements WorkQueue {
  /** {@code CriticalWorkQueue}: a thread of a real-time priority. */
  CRITICAL_WORK_QUEUE,
  /** {@code DelayedWorkQueue}: an ordinary thread. */
  DELAYED_WORK_QUEUE,
  /** {@code HyperCriticalWorkQueue}: reserved for the system. */
  HYPER_CRITICAL_WORK_QUEUE
}
