package org.cancelsafe.emu.io;

/** {@code WORK_QUEUE_TYPE}: how urgent a work item is. Every work item here has a system thread at once. */
public enum WorkQueueType {
  /** {@code CriticalWorkQueue}. */
  CRITICAL_WORK_QUEUE,
  /** {@code DelayedWorkQueue}. */
  DELAYED_WORK_QUEUE,
  /** {@code HyperCriticalWorkQueue}. */
  HYPER_CRITICAL_WORK_QUEUE
}
