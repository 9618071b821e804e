package org.cancelsafe.emu.ke;

import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.ActivityKind;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/** {@code DISPATCHER_HEADER}: an object that threads wait for. */
public abstract class DispatcherObject extends Gate {
  private static final long FOR_EVER = -1;

  /** An object with this name. */
  protected DispatcherObject(@Nullable String name) {
    super(name);
  }

  /**
   * {@code KeWaitForSingleObject} without a timeout: waits until the object is signaled.
   *
   * <p>IRQL: at most APC_LEVEL. Bug checks: {@code 0xC4/0x121} at DISPATCH_LEVEL, {@code 0xC4/0x120} above; {@code
   * 0xB8} in a DPC.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kewaitforsingleobject">
   *     KeWaitForSingleObject</a>
   */
  public final void waitForSingleObject() {
    await(FOR_EVER);
  }

  /**
   * {@code KeWaitForSingleObject} with a timeout. On an explored machine it may expire at any step before the object is
   * signaled.
   *
   * <p>IRQL: at most APC_LEVEL, or DISPATCH_LEVEL with a timeout of 0. Bug checks: as without a timeout,
   * but {@code 0xC4/0x122} at DISPATCH_LEVEL.
   *
   * @param hundredNanos how long to wait at most, in units of 100 ns; 0 tests the object
   * @return true when the object was signaled (STATUS_SUCCESS), false when the time was over (STATUS_TIMEOUT)
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kewaitforsingleobject">
   *     KeWaitForSingleObject</a>
   */
  public final boolean waitForSingleObject(long hundredNanos) {
    if (hundredNanos < 0) {
      throw new IllegalArgumentException("a timeout is 0 or more units of 100 ns, not " + hundredNanos);
    }
    return await(Ke.nanos(hundredNanos));
  }

  private boolean await(long timeoutNanos) {
    Activity self = Activity.current();
    if (self.irql().ownsProcessor() || self.kind() == ActivityKind.THREADED_DPC) {
      checkMayWait(self, timeoutNanos);
    }
    boolean passed = self.machine().block(self, StepKind.WAIT, this, timeoutNanos);
    if (timeoutNanos >= 0) {
      self.machine().outcome(passed ? "STATUS_SUCCESS" : "STATUS_TIMEOUT");
    }
    return passed;
  }

  private void checkMayWait(Activity self, long timeoutNanos) {
    boolean above = self.irql().isAbove(Irql.DISPATCH_LEVEL);
    if (timeoutNanos == 0 && !above) {
      return;
    }
    if (self.kind() == ActivityKind.DPC || self.kind() == ActivityKind.THREADED_DPC) {
      throw Rule.SWITCH_FROM_DPC.violated(self.machine(), self + " waits for " + this, self);
    }
    Rule rule =
        above
            ? Rule.WAIT_ABOVE_DISPATCH
            : timeoutNanos == FOR_EVER ? Rule.WAIT_AT_DISPATCH : Rule.TIMED_WAIT_AT_DISPATCH;
    throw rule.violated(
        self.machine(), self + " waits for " + this + " at " + self.irql(), self.irql().level(), this);
  }
}
