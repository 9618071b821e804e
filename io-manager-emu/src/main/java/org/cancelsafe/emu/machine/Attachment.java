package org.cancelsafe.emu.machine;

import org.jspecify.annotations.Nullable;

/** A JVM thread that somebody else made, for as long as it is a thread of a live machine. */
public final class Attachment implements AutoCloseable {
  private final LiveScheduler scheduler;
  private final Activity thread;
  private boolean closed;

  Attachment(LiveScheduler scheduler, Activity thread) {
    this.scheduler = scheduler;
    this.thread = thread;
    scheduler.enter(thread);
  }

  /** What the calling thread is to the machine. */
  public Activity thread() {
    return thread;
  }

  /**
   * Ends the machine's thread and gives its processor back; the JVM thread goes on. Closing twice does nothing.
   *
   * <p>IRQL: PASSIVE_LEVEL. Locks: none held. Bug checks: {@code 0xC4/0x100A} when a spin lock is still held, {@code
   * 0x4A} when the IRQL is still raised.
   *
   * @throws IllegalStateException on another JVM thread than the attached one
   */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    @Nullable Activity caller = Activity.currentOrNull();
    if (caller != thread) {
      throw new IllegalStateException(thread + " is closed on another JVM thread than the one it was attached to");
    }
    closed = true;
    try {
      thread.machine().exiting(thread);
      thread.checkEnd(Irql.PASSIVE_LEVEL);
    } finally {
      scheduler.leave(thread);
    }
  }
}
