package org.cancelsafe.emu.io;

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
  private volatile boolean pended;
  private volatile boolean forwarded;
  private volatile @Nullable NtStatus completed;

  /**
   * A dispatch routine is about to be called.
   *
   * @param above of the driver that skipped its location, whose location this one's driver now has; null otherwise
   */
  DispatchCheck(Activity self, DeviceObject device, Irp irp, @Nullable DispatchCheck above) {
    this.self = self;
    this.device = device;
    this.irp = irp;
    this.irql = self.irql();
    this.locksHeld = self.spinLocksHeld();
    this.above = above;
    if (above != null) {
      above.markForwarded();
    }
  }

  /** Whether this activity runs the dispatch routine, and the IRP is with a driver below. */
  boolean hasSentItDown(Activity activity) {
    return self == activity && forwarded && completed == null && irp.currentCheck() != this;
  }

  boolean isOf(Activity activity) {
    return self == activity;
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

  void returned(NtStatus status) {
    Machine machine = self.machine();
    String what = "the dispatch routine of " + device + " for " + irp + " returned ";
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
    if (pending && machine.checks(Rule.IRP_CANCEL_FIELD)) {
      checkLookedAtCancel(what);
    }
    if (!pending && pended) {
      throw Rule.MARKED_NOT_PENDING.violated(machine, what + status + " after marking it pending", irp);
    }
    if (!pending && completed == null && !forwarded) {
      throw Rule.IRP_DROPPED.violated(
          machine, what + status + " without completing, forwarding or pending it", irp);
    }
    if (!pending && completed != null && !completed.equals(status)) {
      throw Rule.DISPATCH_STATUS_DIFFERS.violated(
          machine, what + status + " after completing it with " + completed, irp);
    }
  }

  private void checkLookedAtCancel(String what) {
    IrpWatch watch = irp.watch();
    if (watch != null && watch.cancelWatch().isArmedUnseenBy(self)) {
      throw Rule.IRP_CANCEL_FIELD.violated(
          self.machine(), what + "STATUS_PENDING and set a cancel routine, but did not look at Cancel after that", irp);
    }
  }
}
