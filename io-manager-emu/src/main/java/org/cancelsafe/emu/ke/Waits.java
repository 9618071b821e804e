package org.cancelsafe.emu.ke;

import java.util.List;
import java.util.function.IntSupplier;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.ActivityKind;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/** What all waits have in common: who may wait, and for how long. */
final class Waits {
  static final long FOR_EVER = -1;

  private Waits() {}

  /** A kernel timeout in nanoseconds from now; below 0 for ever. */
  static long nanos(@Nullable Long timeout) {
    if (timeout == null) {
      return FOR_EVER;
    }
    return timeout <= 0 ? Ke.nanos(-timeout) : Ke.nanos(Math.max(0, timeout - Ke.querySystemTime()));
  }

  /** Whoever may not wait here stops the machine; whoever raised the IRQL by KeSetEvent with Wait is lowered. */
  static void check(Activity self, String routine, Object object, long timeoutNanos) {
    Irql old = self.irqlToRestoreByWait();
    if (old != null) {
      self.setIrqlToRestoreByWait(null);
      self.lower(old);
    }
    if (self.irql().ownsProcessor() || self.kind() == ActivityKind.THREADED_DPC) {
      checkRaised(self, routine, object, timeoutNanos);
    }
  }

  /** Whoever calls this routine above DISPATCH_LEVEL stops a machine that verifies. */
  static Activity atMostAtDispatch(String routine, Object object) {
    Activity self = Activity.current();
    if (self.machine().verifies()) {
      self.checkAtMost(Irql.DISPATCH_LEVEL, Rule.IRQL_DISPATCH_LTE, routine + "(" + object + ")", object);
    }
    return self;
  }

  /** Releases something with Wait TRUE: at DISPATCH_LEVEL, which the wait that follows leaves. */
  static int raisedUntilWait(String call, IntSupplier release) {
    Activity self = Activity.current();
    Irql old = self.irql();
    if (old.ownsProcessor()) {
      throw Rule.IRQL_APC_LTE.violated(self.machine(), call + " at " + old, old.level());
    }
    self.raise(Irql.DISPATCH_LEVEL);
    try {
      int before = release.getAsInt();
      self.setIrqlToRestoreByWait(old);
      return before;
    } catch (IllegalStateException refused) {
      self.lower(old);
      throw refused;
    }
  }

  private static void checkRaised(Activity self, String routine, Object object, long timeoutNanos) {
    boolean above = self.irql().isAbove(Irql.DISPATCH_LEVEL);
    if (timeoutNanos == 0 && !above) {
      return;
    }
    if (self.kind() == ActivityKind.DPC || self.kind() == ActivityKind.THREADED_DPC) {
      throw Rule.SWITCH_FROM_DPC.violated(self.machine(), self + " waits for " + object, self);
    }
    Rule rule =
        above
            ? Rule.WAIT_ABOVE_DISPATCH
            : timeoutNanos < 0 ? Rule.WAIT_AT_DISPATCH : Rule.TIMED_WAIT_AT_DISPATCH;
    throw rule.violated(
        self.machine(),
        routine + "(" + object + ") at " + self.irql(),
        self.irql().level(),
        object);
  }

  static KStatus forSeveral(
      List<? extends DispatcherObject> objects,
      WaitType type,
      KProcessorMode mode,
      boolean alertable,
      @Nullable Long timeout) {
    Activity self = Activity.current();
    long nanos = nanos(timeout);
    check(self, "KeWaitForMultipleObjects", objects, nanos);
    KStatus status = new WaitBlock(self, objects, type, mode, alertable).await(nanos);
    self.machine().outcome(status);
    return status;
  }
}
