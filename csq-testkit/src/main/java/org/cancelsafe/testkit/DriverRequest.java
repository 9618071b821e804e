package org.cancelsafe.testkit;

import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Activity;
import org.jspecify.annotations.Nullable;

/** The requester's side of one request to a driver. */
final class DriverRequest {
  private final int number;
  private final int file;
  private final Irp irp;
  private final AtomicInteger completions = new AtomicInteger();
  private volatile boolean sent;
  private volatile boolean mustEnd;
  private volatile boolean cancelled;
  private volatile boolean mayBeCancelled;
  private volatile @Nullable NtStatus status;
  private volatile long information;

  DriverRequest(int number, int file, FileObject object, MajorFunction major, IoManager io) {
    this.number = number;
    this.file = file;
    this.irp = io.buildRequest(object, major);
    irp.setCompletionRoutine(this::completed, null, true, true, true);
  }

  private NtStatus completed(@Nullable DeviceObject device, Irp done, @Nullable Object nothing) {
    if (done.listEntry().isLinked()) {
      throw new ContractViolation(Clause.OWNERSHIP, this + " was completed while it was in a list");
    }
    if (Activity.current().spinLocksHeld() > 0) {
      throw new ContractViolation(Clause.COMPLETE_NOTHING_LOCKED, this + " was completed with a spin lock held");
    }
    completions.incrementAndGet();
    status = done.status();
    information = done.information();
    return NtStatus.STATUS_SUCCESS;
  }

  Irp irp() {
    return irp;
  }

  int file() {
    return file;
  }

  void wasSent() {
    sent = true;
  }

  /** It is cancelled: from now on it may end so. */
  void isCancelled() {
    cancelled = true;
    mayBeCancelled = true;
  }

  /** Its file is cleaned up: from now on it may end cancelled, and if it was sent before, it must end. */
  void isCleanedUp() {
    mayBeCancelled = true;
    mustEnd |= sent;
  }

  boolean isCompleted() {
    return completions.get() > 0;
  }

  boolean wasCancelled() {
    return cancelled;
  }

  /** Whether it is to end, and does not, and nobody could cancel it. */
  boolean isKeptByHardware() {
    return isPending() && (cancelled || mustEnd);
  }

  private boolean isPending() {
    return sent && !isCompleted();
  }

  private boolean hasCancelRoutine() {
    return irp.snapshot().endsWith(CallbackChecks.HAS_CANCEL_ROUTINE);
  }

  /** Judges it when everything that is pending was served. */
  void judgeServed() {
    if (isPending()) {
      throw new ContractViolation(
          cancelled ? Clause.NO_LOST_CANCEL : Clause.NO_LOST_IRP,
          this + " was lost: it was sent, and is not completed however much is served");
    }
  }

  /**
   * Judges it at rest.
   *
   * @param unloading whether the driver is about to go
   * @param unloaded whether it is gone
   */
  void judge(boolean unloading, boolean unloaded) {
    if (completions.get() > 1) {
      throw new ContractViolation(Clause.COMPLETE_ONCE, this + " was completed " + completions.get() + " times");
    }
    if (isPending() && unloaded) {
      throw new ContractViolation(Clause.UNLOAD, this + " is pending, and the driver was unloaded");
    }
    if (isPending() && cancelled && hasCancelRoutine()) {
      throw new ContractViolation(
          Clause.NO_LOST_CANCEL,
          this + " was cancelled and is pending; its cancel routine is set, and nobody will call it");
    }
    if (isPending() && mustEnd && hasCancelRoutine()) {
      throw new ContractViolation(Clause.CLEANUP, this + " is pending, and its file was cleaned up");
    }
    if (!NtStatus.STATUS_CANCELLED.equals(status)) {
      return;
    }
    if (!mayBeCancelled && !unloading) {
      throw new ContractViolation(
          Clause.CLEANUP, this + " ended with " + status + ", and neither it nor its file was cancelled");
    }
    if (information != 0) {
      throw new ContractViolation(
          Clause.COMPLETE_STATUS, this + " ended with " + status + " and Information " + information + ", not 0");
    }
  }

  @Override
  public String toString() {
    return "request #" + number;
  }
}
