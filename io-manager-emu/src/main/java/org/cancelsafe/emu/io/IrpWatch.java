package org.cancelsafe.emu.io;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/** What a verifying machine knows of one IRP besides the IRP: who completes it, who came too late, and its history. */
final class IrpWatch {
  private static final long NOT_CANCELLED = 0;

  private final Irp irp;
  private final IrpHistory history;
  private final AtomicBoolean completing = new AtomicBoolean();
  private volatile long cancelledAt = NOT_CANCELLED;
  private volatile @Nullable Activity armedBy;
  private boolean request;
  private boolean sent;
  private @Nullable Activity completedBy;
  private @Nullable Activity lateWriter;

  IrpWatch(Irp irp) {
    this.irp = irp;
    this.history = new IrpHistory(irp);
  }

  IrpHistory history() {
    return history;
  }

  /** IoCancelIrp was called for it. */
  void cancelled() {
    if (cancelledAt == NOT_CANCELLED) {
      cancelledAt = System.nanoTime() | 1;
    }
  }

  /** How long ago it was cancelled, in milliseconds; 0 for one that was not. */
  long millisecondsCancelled() {
    return cancelledAt == NOT_CANCELLED ? 0 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - cancelledAt);
  }

  /** It was made cancelable: now its Cancel field is to be looked at. */
  void armed() {
    armedBy = Activity.current();
  }

  /** Its Cancel field was looked at, or it is not cancelable any more. */
  void tested() {
    armedBy = null;
  }

  /** Whether this activity has made it cancelable, and nobody has looked at its Cancel field since. */
  boolean isArmedAndUntested(Activity by) {
    return armedBy == by;
  }

  /** Whether the caller is the one that completes the IRP now. */
  boolean beginCompletion() {
    return completing.compareAndSet(false, true);
  }

  /** The IRP belongs to a driver again. */
  void endCompletion() {
    completing.set(false);
  }

  void completed() {
    completedBy = Activity.current();
  }

  /** Who completed it to the top; null while nobody has. */
  @Nullable Activity completedBy() {
    return completedBy;
  }

  /** Whether the I/O manager, not a driver, has made it, to ask something of a driver. */
  boolean isRequest() {
    return request;
  }

  void setRequest(boolean request) {
    this.request = request;
  }

  /** It was sent to a driver. */
  void sent() {
    sent = true;
  }

  boolean wasSent() {
    return sent;
  }

  void reused() {
    sent = false;
    cancelledAt = NOT_CANCELLED;
    armedBy = null;
    endCompletion();
    completedBy = null;
    lateWriter = null;
  }

  /**
   * A status is written to an IRP that was completed. As a rule the writer is about to complete it, too, and that is
   * the violation to report; if it does not, this one is found when the machine is at rest.
   */
  void writtenLate() {
    lateWriter = Activity.current();
    irp.io().pended(irp);
  }

  /** Stops the machine when a status was written after the IRP was completed, and no completion followed. */
  void checkNotWrittenLate() {
    if (lateWriter != null) {
      throw touchedAfterCompletion(lateWriter, "write of IoStatus");
    }
  }

  Error touchedAfterCompletion(Activity by, String what) {
    String how = completedBy == null ? "was completed" : completedBy + " completed";
    return Rule.IRP_TOUCHED_AFTER_COMPLETION.violated(
        irp.io().machine(), by + ": " + what + " of " + irp + ", which " + how, irp);
  }
}
