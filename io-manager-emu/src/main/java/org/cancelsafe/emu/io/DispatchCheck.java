package org.cancelsafe.emu.io;

import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Rule;

/** Holds what a dispatch routine returned against what it did with its IRP. */
final class DispatchCheck {
  private final Activity self;
  private final DeviceObject device;
  private final IoStackLocation location;
  private final String irp;
  private final Irql irql;
  private final int locksHeld;

  DispatchCheck(Activity self, DeviceObject device, Irp irp, IoStackLocation location) {
    this.self = self;
    this.device = device;
    this.location = location;
    this.irp = irp.toString();
    this.irql = self.irql();
    this.locksHeld = self.spinLocksHeld();
    location.dispatchBegins();
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
    if (pending && !location.everPended() && !location.forwarded()) {
      throw Rule.PENDING_NOT_MARKED.violated(machine, what + "STATUS_PENDING without marking it pending", irp);
    }
    if (!pending && location.everPended()) {
      throw Rule.MARKED_NOT_PENDING.violated(machine, what + status + " after marking it pending", irp);
    }
    if (!pending && !location.completed() && !location.forwarded()) {
      throw Rule.IRP_DROPPED.violated(
          machine, what + status + " without completing, forwarding or pending it", irp);
    }
  }
}
