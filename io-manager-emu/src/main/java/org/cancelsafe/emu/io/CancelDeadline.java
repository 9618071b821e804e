package org.cancelsafe.emu.io;

import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Rule;

/** The time at which a cancelled IRP must have been completed. */
final class CancelDeadline extends Gate {
  private final Irp irp;

  CancelDeadline(Irp irp) {
    super("the limit of " + irp);
    this.irp = irp;
  }

  void passed(Machine machine, long millis) {
    throw Rule.CANCELLED_IRP_NOT_COMPLETED.violated(
        machine, irp + " was cancelled and is not completed after " + millis + " ms", irp, (int) millis);
  }

  @Override
  public boolean passable(Activity activity) {
    return !irp.isGone();
  }

  @Override
  public boolean tryPass(Activity activity) {
    return passable(activity);
  }
}
