package org.cancelsafe.emu.io;

import static java.util.Objects.requireNonNull;

import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;

import java.time.Duration;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Seam;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;

/** Cancels IRPs, under the one cancel spin lock of the system. */
abstract class IrpCanceller extends IrpMaker {
  private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

  private final CancelSpinLock cancelSpinLock = new CancelSpinLock();
  private volatile Duration cancelledIrpLimit = FIVE_MINUTES;

  IrpCanceller(Machine machine) {
    super(machine);
  }

  /**
   * {@code IoCancelIrp}: asks for an IRP to be cancelled. Under the cancel spin lock it sets {@code Irp->Cancel}, takes
   * the cancel routine and, when there is one, calls it; the routine releases the lock.
   *
   * <p>IRQL: at most DISPATCH_LEVEL. Bug checks: {@code 0x48} for a completed IRP that has a cancel routine; {@code
   * 0x11B} when the routine returns with the lock held; {@code 0xC4/0x40009} with another one held; {@code 0xC8} at
   * another IRQL.
   *
   * @return whether a cancel routine was called
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocancelirp">IoCancelIrp</a>
   */
  public final boolean cancelIrp(Irp irp) {
    Activity self = Activity.current();
    Irql irql = cancelSpinLock.acquireFor(self);
    try {
      irp.setCancel();
      if (callCancelRoutine(self, irp, irql)) {
        return true;
      }
    } catch (Throwable e) {
      releaseAfter(e, irql);
      throw e;
    }
    cancelSpinLock.releaseFor(self, irql);
    return false;
  }

  /** How long a cancelled IRP may take on a live machine that verifies: five minutes unless somebody says otherwise. */
  public final void setCancelledIrpLimit(Duration limit) {
    cancelledIrpLimit = requireNonNull(limit, "limit");
  }

  final void checkCancelledInTime(Irp irp) {
    IrpWatch watch = irp.watch();
    long milliseconds = watch == null ? 0 : watch.millisecondsCancelled();
    if (milliseconds > cancelledIrpLimit.toMillis() && !machine().isControlled()) {
      throw Rule.CANCELLED_IRP_NOT_COMPLETED.violated(
          machine(), irp + " is completed " + milliseconds + " ms after it was cancelled", irp, (int) milliseconds);
    }
  }

  private void releaseAfter(Throwable thrown, Irql irql) {
    if (cancelSpinLock.isOwnedByCaller()) {
      try {
        releaseCancelSpinLock(irql);
      } catch (Throwable e) {
        thrown.addSuppressed(e);
      }
    }
  }

  /**
   * IoStartPacket's: an IRP that was made cancelable after it was cancelled is cancelled now. The cancel spin lock is
   * held.
   *
   * @param irql what a cancel routine is to release the lock with
   * @return whether a cancel routine was called, and has released the lock
   */
  final boolean cancelUnderLock(Irp irp, Irql irql) {
    return irp.cancel() && callCancelRoutine(Activity.current(), irp, irql);
  }

  private boolean callCancelRoutine(Activity self, Irp irp, Irql irql) {
    DriverCancel routine = irp.takeCancelRoutine();
    if (routine == null) {
      return false;
    }
    if (irp.isGone()) {
      throw Rule.CANCEL_STATE.violated(machine(), irp + " was completed with a cancel routine set", irp, routine);
    }
    irp.setCancelIrql(irql);
    callCancelRoutine(self, routine, irp, irql);
    return true;
  }

  private void callCancelRoutine(Activity self, DriverCancel routine, Irp irp, Irql callersIrql) {
    if (Seam.isOpen()) {
      machine().note(StepKind.CALL_CANCEL_ROUTINE, irp, "CR");
      irp.happened(StepKind.CALL_CANCEL_ROUTINE, "CR");
    }
    boolean verifies = verifies();
    int locksHeld = verifies ? self.spinLocksHeld() - 1 : 0;
    routine.cancel(irp.currentDevice(), irp);
    if (cancelSpinLock.isOwnedBy(self)) {
      throw Rule.CANCEL_LOCK_HELD.violated(
          machine(), "the cancel routine of " + irp + " returned with the cancel spin lock held", irp, routine);
    }
    if (verifies && self.spinLocksHeld() > locksHeld) {
      throw Rule.SPIN_LOCK_HELD_AT_RETURN.violated(
          machine(), "the cancel routine of " + irp + " returned with a spin lock held", irp);
    }
    if (verifies && self.irql() != callersIrql) {
      throw Rule.IRQL_UNEXPECTED_VALUE.violated(
          machine(),
          "the cancel routine of " + irp + " returned at " + self.irql() + ", and CancelIrql is " + callersIrql,
          self.irql().level() << 16 | callersIrql.level() << 8,
          routine);
    }
  }

  /**
   * {@code IoAcquireCancelSpinLock}: takes the system's cancel spin lock.
   *
   * <p>IRQL: at most DISPATCH_LEVEL on entry, DISPATCH_LEVEL on exit. Bug check: {@code 0xF} when the caller holds it.
   *
   * @return the IRQL on entry, for {@link #releaseCancelSpinLock}
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioacquirecancelspinlock">
   *     IoAcquireCancelSpinLock</a>
   */
  public final Irql acquireCancelSpinLock() {
    return cancelSpinLock.acquire();
  }

  /**
   * {@code IoReleaseCancelSpinLock}: gives the system's cancel spin lock back.
   *
   * <p>IRQL: DISPATCH_LEVEL on entry, {@code irql} on exit. Bug check: {@code 0x10} when the caller does not hold it.
   *
   * @param irql what the acquire returned, or, in a cancel routine, {@link Irp#cancelIrql()}
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioreleasecancelspinlock">
   *     IoReleaseCancelSpinLock</a>
   */
  public final void releaseCancelSpinLock(Irql irql) {
    cancelSpinLock.release(irql);
  }

  /** How often somebody found the system's cancel spin lock held and had to spin; counted on live machines. */
  public final long cancelSpinLockContentions() {
    return cancelSpinLock.contentions();
  }
}
