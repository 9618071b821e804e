package org.cancelsafe.testkit;

import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.csq.IoCsqIrpContext;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.testkit.Operation.Insert;
import org.jspecify.annotations.Nullable;

/** The requester's side of one insert: the IRP, and what became of it. */
final class Request {
  private final int number;
  private final int client;
  private final Insert insert;
  private final Irp irp;
  private final FileObject file;
  private final int priority;
  private final @Nullable IoCsqIrpContext context;
  private final AtomicInteger removals = new AtomicInteger();
  private final AtomicInteger completions = new AtomicInteger();
  private volatile @Nullable NtStatus declined;
  private volatile @Nullable NtStatus status;
  private volatile long information;
  private volatile boolean sent;
  private volatile Runnable afterCompletion = () -> {};

  Request(int number, int client, Insert insert, FileObject file, IoManager io, Terms terms) {
    this.number = number;
    this.client = client;
    this.insert = insert;
    this.file = file;
    this.context = insert.withContext() ? new IoCsqIrpContext() : null;
    this.irp = io.buildRequest(file, MajorFunction.IRP_MJ_READ);
    this.priority = Math.min(insert.priority(), terms.priorities() - 1);
    terms.priority().accept(irp, priority);
    irp.setCompletionRoutine(this::completed, null, true, true, true);
  }

  private NtStatus completed(@Nullable DeviceObject device, Irp done, @Nullable Object nothing) {
    if (done.listEntry().isLinked()) {
      throw new ContractViolation(Clause.OWNERSHIP, this + " was completed while it was in the queue");
    }
    if (done.cancelRoutine() != null) {
      throw new ContractViolation(Clause.LIBRARY_OWNS, this + " was completed while its cancel routine was set");
    }
    if (Activity.current().spinLocksHeld() > 0) {
      throw new ContractViolation(Clause.COMPLETE_NOTHING_LOCKED, this + " was completed with a spin lock held");
    }
    completions.incrementAndGet();
    status = done.status();
    information = done.information();
    afterCompletion.run();
    return NtStatus.STATUS_SUCCESS;
  }

  /** What the requester does when it learns of the completion. */
  void afterCompletion(Runnable next) {
    afterCompletion = next;
  }

  /** Whether its Cancel is set: who removes goes past it, and peeking may do so too. */
  boolean isBeingCancelled() {
    return irp.snapshot().contains(" C ");
  }

  void send(DeviceObject device) {
    sent = true;
    irp.io().callDriver(device, irp);
  }

  boolean wasSent() {
    return sent;
  }

  boolean isCompleted() {
    return completions.get() > 0;
  }

  /** Whether the queue did not take it. */
  boolean isDeclined() {
    return declined != null;
  }

  int file() {
    return insert.file();
  }

  int number() {
    return number;
  }

  FileObject fileObject() {
    return file;
  }

  int priority() {
    return priority;
  }

  Irp irp() {
    return irp;
  }

  @Nullable IoCsqIrpContext context() {
    return context;
  }

  /** Whether it is sure that this one was inserted first: the same client did both. */
  boolean insertedBefore(Request other) {
    return client == other.client && number < other.number;
  }

  void wasDeclined(NtStatus with) {
    declined = with;
  }

  void wasRemoved() {
    if (removals.incrementAndGet() > 1) {
      throw new ContractViolation(Clause.NO_LOST_IRP, this + " was removed twice");
    }
  }

  /**
   * Judges how the request ended, when everything has.
   *
   * @param cancelled whether anything in the program may have cancelled it
   * @throws AssertionError when that is not right
   */
  void judge(boolean cancelled) {
    if (completions.get() == 0) {
      throw new ContractViolation(
          Clause.NO_LOST_IRP, this + " was lost: it is not in the queue, and was not completed");
    }
    if (completions.get() > 1) {
      throw new ContractViolation(Clause.COMPLETE_ONCE, this + " was completed " + completions.get() + " times");
    }
    NtStatus expected =
        declined != null ? declined : removals.get() == 1 ? NtStatus.STATUS_SUCCESS : NtStatus.STATUS_CANCELLED;
    if (!expected.equals(status)) {
      throw new ContractViolation(Clause.COMPLETE_STATUS, this + " ended with " + status + ", not with " + expected);
    }
    if (information != 0) {
      throw new ContractViolation(Clause.COMPLETE_STATUS, this + " ended with Information " + information + ", not 0");
    }
    if (expected.equals(NtStatus.STATUS_CANCELLED) && !cancelled) {
      throw new ContractViolation(Clause.CLEANUP, this + " ended with " + status + ", and nobody cancelled it");
    }
  }

  @Override
  public String toString() {
    return "the IRP of insert #" + number;
  }
}
