package org.cancelsafe.emu.io;

import java.util.concurrent.atomic.AtomicBoolean;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/** What a verifying machine knows of one IRP besides the IRP: who completes it, who came too late, and its history. */
final class IrpWatch {
  private final Irp irp;
  private final IrpHistory history;
  private final CancelWatch cancelWatch;
  private final AtomicBoolean completing = new AtomicBoolean();
  private @Nullable Activity completedBy;
  private @Nullable Activity lateWriter;

  IrpWatch(Irp irp) {
    this.irp = irp;
    this.history = new IrpHistory(irp);
    this.cancelWatch = new CancelWatch(irp);
  }

  CancelWatch cancelWatch() {
    return cancelWatch;
  }

  IrpHistory history() {
    return history;
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

  void reused() {
    endCompletion();
    cancelWatch.reused();
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
