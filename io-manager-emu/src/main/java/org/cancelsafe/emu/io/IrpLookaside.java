package org.cancelsafe.emu.io;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.StepKind;
import org.jspecify.annotations.Nullable;

/**
 * The I/O manager's lookaside list: freed IRPs, of which the last one is the first to be allocated again. Whoever still
 * has a pointer to it then has one to somebody else's request, and nothing can tell.
 */
final class IrpLookaside extends MachineObject {
  private final Machine machine;
  private final Deque<Irp> freed = new ArrayDeque<>();
  private int depth;

  IrpLookaside(Machine machine) {
    super("IRP lookaside list");
    this.machine = machine;
  }

  synchronized void setDepth(int depth) {
    this.depth = depth;
    while (freed.size() > depth) {
      freed.removeLast();
    }
  }

  private synchronized boolean isInUse() {
    return depth > 0;
  }

  /** A freed IRP with so many locations, as good as new; null when there is none. */
  @Nullable Irp take(int stackSize) {
    if (!isInUse()) {
      return null;
    }
    machine.step(StepKind.TAKE_FROM_LOOKASIDE, this);
    Irp irp = find(stackSize);
    machine.outcome(irp == null ? "NULL" : irp);
    return irp;
  }

  private synchronized @Nullable Irp find(int stackSize) {
    for (Iterator<Irp> all = freed.iterator(); all.hasNext(); ) {
      Irp irp = all.next();
      if (irp.stackCount() == stackSize) {
        all.remove();
        irp.recycle();
        return irp;
      }
    }
    return null;
  }

  /** Keeps this IRP, which was just freed, if there is room. */
  void give(Irp irp) {
    if (isInUse()) {
      machine.step(StepKind.GIVE_TO_LOOKASIDE, this, irp);
      keep(irp);
    }
  }

  private synchronized void keep(Irp irp) {
    if (freed.size() < depth) {
      freed.addFirst(irp);
    }
  }
}
