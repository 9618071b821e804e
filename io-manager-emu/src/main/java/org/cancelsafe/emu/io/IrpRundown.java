package org.cancelsafe.emu.io;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.cancelsafe.emu.machine.Rundown;
import org.cancelsafe.emu.verifier.Rule;

/**
 * The end of an I/O manager's machine. As when the requesting threads exit, every IRP that is still pending is
 * cancelled; one that is not completed then has been lost.
 */
final class IrpRundown implements Rundown {
  private final IoManager io;
  private final Set<Irp> pended;

  IrpRundown(IoManager io, Set<Irp> pended) {
    this.io = io;
    this.pended = pended;
  }

  @Override
  public boolean needed() {
    for (Irp irp : pended) {
      if (!irp.isCancelSet()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean mayHelpWaiters() {
    for (Irp irp : pended) {
      if (!irp.isCancelSet() && irp.isCancelledWithItsThread()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void run() {
    for (Irp irp : inOrder()) {
      if (!irp.isGone() && !irp.isCancelSet()) {
        io.cancelIrp(irp);
      }
    }
  }

  @Override
  public void check() {
    for (Irp irp : inOrder()) {
      IrpWatch watch = irp.watch();
      if (watch != null) {
        watch.checkNotWrittenLate();
      }
      if (irp.isCancelSet() && !irp.isGone()) {
        String why =
            irp.hasCancelRoutine() ? "its cancel routine is set, and nobody will call it" : "nobody is left who would";
        throw Rule.CANCELLED_IRP_NOT_COMPLETED.violated(
            io.machine(), irp + " was cancelled and is not completed: " + why, irp);
      }
    }
  }

  private List<Irp> inOrder() {
    return pended.isEmpty() ? List.of() : pended.stream().sorted(Comparator.comparing(Irp::number)).toList();
  }
}
