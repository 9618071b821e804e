package org.cancelsafe.emu.io;

import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.ActivityKind;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * What a verifying machine watches about the cancellation of one IRP: that nobody makes it cancelable who has sent it
 * down, that who makes it cancelable looks at Cancel then, and that it is completed in time once it was cancelled.
 */
final class CancelWatch {
  private static final long NANOS_IN_MILLI = 1_000_000;

  private final Irp irp;
  private final List<DispatchCheck> running = new ArrayList<>(1);
  private @Nullable Activity armedBy;
  private @Nullable CancelDeadline deadline;

  CancelWatch(Irp irp) {
    this.irp = irp;
  }

  synchronized void entered(DispatchCheck dispatch) {
    running.add(dispatch);
  }

  synchronized void left(DispatchCheck dispatch) {
    running.remove(dispatch);
  }

  /** Somebody sets the cancel routine, or takes it back. */
  synchronized void set(@Nullable DriverCancel routine) {
    armedBy = null;
    if (routine == null) {
      return;
    }
    Activity self = Activity.current();
    DispatchCheck innermost = innermostOf(self);
    if (innermost != null && innermost.hasSentItDown(self)) {
      throw Rule.CANCEL_ROUTINE_ON_FORWARDED.violated(
          self.machine(), self + " sets a cancel routine on " + irp + ", which a driver below has", irp);
    }
    if (!irp.io().isCancelSpinLockHeldBy(self)) {
      armedBy = self;
    }
  }

  private @Nullable DispatchCheck innermostOf(Activity self) {
    for (int i = running.size() - 1; i >= 0; i--) {
      if (running.get(i).isOf(self)) {
        return running.get(i);
      }
    }
    return null;
  }

  /** Somebody looks at Cancel, or has taken the routine: nobody can have been missed. */
  synchronized void looked() {
    armedBy = null;
  }

  /** Whether this activity set the routine, and nobody has looked since. Under the cancel spin lock it looks before. */
  synchronized boolean isArmedUnseenBy(Activity self) {
    return armedBy == self;
  }

  /** IoCancelIrp was called: from now on there is a limit, where one is set. */
  synchronized void cancelled() {
    Machine machine = irp.io().machine();
    long millis = machine.cancelLimitMillis();
    if (millis > 0 && deadline == null) {
      CancelDeadline mine = new CancelDeadline(irp);
      deadline = mine;
      Activity clock =
          machine.newActivity(ActivityKind.HARDWARE, "the limit of " + irp, () -> mine.passed(machine, millis));
      machine.startAfter(clock, StepKind.EXPIRE_TIMER, mine, millis * NANOS_IN_MILLI);
    }
  }

  synchronized void completed() {
    CancelDeadline set = deadline;
    if (set != null) {
      deadline = null;
      irp.io().machine().calledOff(set);
    }
  }

  void reused() {
    looked();
    completed();
  }
}
