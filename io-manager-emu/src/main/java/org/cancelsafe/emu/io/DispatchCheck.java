package org.cancelsafe.emu.io;

import static java.util.Objects.requireNonNull;

import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/** Remembers what a dispatch routine did with its IRP, and holds what it returned against that. */
final class DispatchCheck {
  private final Activity self;
  private final DeviceObject device;
  private final Irp irp;
  private final Irql irql;
  private final int locksHeld;
  private final @Nullable DispatchCheck above;
  private final @Nullable DispatchCheck caller;
  private volatile boolean hasReturned;
  private volatile boolean pended;
  private volatile boolean forwarded;
  private volatile boolean lowerPends;
  private volatile @Nullable NtStatus completed;
  private volatile boolean toHoldBack;
  private volatile boolean heldBack;

  /**
   * A dispatch routine is about to be called.
   *
   * @param above of the driver that skipped its location, whose location this one's driver now has; null otherwise
   * @param caller of the driver that passes the IRP on otherwise; null for the IRP's maker
   */
  DispatchCheck(
      Activity self,
      DeviceObject device,
      Irp irp,
      @Nullable DispatchCheck above,
      @Nullable DispatchCheck caller) {
    this.self = self;
    this.device = device;
    this.irp = irp;
    this.irql = self.irql();
    this.locksHeld = self.spinLocksHeld();
    this.above = above;
    this.caller = above != null ? above : caller;
    if (above != null) {
      above.markForwarded();
    }
  }

  void markPended() {
    for (DispatchCheck check = this; check != null; check = check.above) {
      check.pended = true;
    }
  }

  void markForwarded() {
    forwarded = true;
  }

  void markCompleted(NtStatus status) {
    for (DispatchCheck check = this; check != null; check = check.above) {
      check.completed = status;
    }
  }

  /** This driver has passed the IRP on, and was told that it pends. */
  void lowerDriverPends() {
    lowerPends = true;
  }

  /** If the driver completes the IRP before its dispatch routine returns, its caller is to see it pend all the same. */
  void holdBack() {
    toHoldBack = true;
  }

  /** The driver has completed the IRP; whether that is to be held back, and was not yet. */
  boolean holdsBack(NtStatus status) {
    for (DispatchCheck check = this; check != null; check = check.above) {
      if (check.toHoldBack && !check.hasReturned) {
        check.toHoldBack = false;
        check.heldBack = true;
        markCompleted(status);
        return true;
      }
    }
    return false;
  }

  boolean isHeldBack() {
    return heldBack;
  }

  /** Whether this driver has the IRP, and what runs is the dispatch routine that has passed it on to this driver. */
  boolean isBelow(Activity running) {
    return hasReturned && caller != null && !caller.hasReturned && self == running && caller.self == running;
  }

  void returned(NtStatus status) {
    hasReturned = true;
    Machine machine = self.machine();
    String what = "the dispatch routine of " + device + " for " + irp + " returned ";
    requireNonNull(status, () -> what + "null");
    if (self.spinLocksHeld() > locksHeld) {
      throw Rule.SPIN_LOCK_HELD_AT_RETURN.violated(machine, what + "with a spin lock held", irp);
    }
    if (self.irql() != irql) {
      throw Rule.DISPATCH_CHANGED_IRQL.violated(
          machine, what + "at " + self.irql() + ", called at " + irql, irp, irql.level(), self.irql().level());
    }
    boolean pending = status.equals(NtStatus.STATUS_PENDING);
    NtStatus completed = this.completed;
    if (pending && !pended && !forwarded) {
      throw Rule.PENDING_NOT_MARKED.violated(machine, what + "STATUS_PENDING without marking it pending", irp);
    }
    IrpWatch watch = irp.watch();
    if (pending
        && machine.verifier().checks(Rule.IRP_CANCEL_FIELD)
        && watch != null
        && watch.isArmedAndUntested(self)) {
      throw Rule.IRP_CANCEL_FIELD.violated(
          machine, what + "STATUS_PENDING without looking at Cancel after setting a cancel routine", irp);
    }
    if (!pending && pended) {
      throw Rule.MARKED_NOT_PENDING.violated(machine, what + status + " after marking it pending", irp);
    }
    if (!pending && completed == null && !forwarded) {
      throw Rule.IRP_DROPPED.violated(
          machine, what + status + " without completing, forwarding or pending it", irp);
    }
    if (!pending && completed == null && lowerPends) {
      throw Rule.DISPATCH_STATUS_DIFFERS.violated(
          machine, what + status + ", and the driver that it passed it on to had returned STATUS_PENDING", irp);
    }
    if (!pending && completed != null && !completed.equals(status)) {
      throw Rule.DISPATCH_STATUS_DIFFERS.violated(
          machine, what + status + " after completing it with " + completed, irp);
    }
  }
}
