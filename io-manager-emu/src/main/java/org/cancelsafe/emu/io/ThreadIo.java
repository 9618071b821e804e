package org.cancelsafe.emu.io;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.StepKind;

/**
 * The IRPs on one thread's list. A gate that is passed once the list is empty.
 *
 * <p>An IRP leaves the list before its memory is freed. While the thread exits the memory stays, since the thread may
 * be about to cancel the IRP: who finds the thread exiting after having left the list frees nothing, and who does not
 * was off the list before the exiting thread looked at it.
 */
final class ThreadIo extends Gate {
  private final Activity thread;
  private final Set<Irp> irps = ConcurrentHashMap.newKeySet();
  private volatile boolean exiting;

  ThreadIo(Activity thread) {
    super(thread + ".IrpList");
    this.thread = thread;
  }

  void add(Irp irp) {
    irps.add(irp);
  }

  /** Takes a completed IRP off the list; whether its memory may be freed. */
  boolean remove(Irp irp) {
    Machine machine = thread.machine();
    machine.step(StepKind.LEAVE_THREAD, this, irp);
    irps.remove(irp);
    machine.opened(this);
    return !exiting;
  }

  /** The thread exits; the IRPs that it has. */
  List<Irp> exit() {
    thread.machine().step(StepKind.CANCEL_THREAD_IO, this);
    exiting = true;
    return irps();
  }

  List<Irp> irps() {
    return irps.stream().sorted(Comparator.comparing(Irp::number)).toList();
  }

  /** The thread does not wait for these any more. */
  void detach(List<Irp> late) {
    for (Irp irp : late) {
      irp.extra().thread = null;
      irps.remove(irp);
    }
  }

  @Override
  public boolean passable(Activity activity) {
    return irps.isEmpty();
  }

  @Override
  public boolean tryPass(Activity activity) {
    return irps.isEmpty();
  }

  @Override
  public String kindName() {
    return "IrpList";
  }
}
