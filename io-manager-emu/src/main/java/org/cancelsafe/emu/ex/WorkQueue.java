package org.cancelsafe.emu.ex;

/**
 * A queue that system worker threads serve: a value of {@code WORK_QUEUE_TYPE}, which is {@link
 * org.cancelsafe.emu.io.WorkQueueType} here.
 *
 * <p>Every work item here has a system thread at once, and nothing here knows of priorities: which of several begins
 * first is chance, as it is where a queue has several threads.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/system-worker-threads">
 *     System worker threads</a>
 */
public interface WorkQueue {
  /** Its name, for messages. */
  String name();
}
