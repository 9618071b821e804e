package org.cancelsafe.emu.ke;

import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.ActivityKind;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.StepKind;
import org.jspecify.annotations.Nullable;

/**
 * {@code KTIMER}: signaled when its time comes, and able to queue a DPC then. On an explored machine a set timer may
 * expire at any later step.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/timer-objects-and-dpcs">Timer objects and
 *     DPCs</a>
 */
public final class KTimer extends DispatcherObject {
  private volatile boolean signaled;
  private volatile @Nullable Expiry pending;

  /** {@code KeInitializeTimer}: a notification timer. */
  public KTimer(@Nullable String name) {
    super(name);
  }

  /** One setting of the timer: passable until it is called off. */
  private final class Expiry extends Gate {
    private final @Nullable KDpc dpc;

    Expiry(@Nullable KDpc dpc) {
      super(KTimer.this.name());
      this.dpc = dpc;
    }

    @Override
    public boolean passable(Activity activity) {
      return pending == this;
    }

    @Override
    public boolean tryPass(Activity activity) {
      synchronized (KTimer.this) {
        if (pending != this) {
          return false;
        }
        pending = null;
        signaled = true;
        return true;
      }
    }

    @Override
    public KTimer subject() {
      return KTimer.this;
    }

    @Override
    public @Nullable KDpc alsoChanges() {
      return dpc;
    }
  }

  /**
   * {@code KeSetTimer}: has the timer expire once.
   *
   * <p>IRQL: at most DISPATCH_LEVEL.
   *
   * @param hundredNanos when, from now, in units of 100 ns
   * @param dpc what is queued then
   * @return whether the timer was set already; that setting, and the DPC call it would have made, are called off
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kesettimer">KeSetTimer</a>
   */
  public boolean set(long hundredNanos, @Nullable KDpc dpc) {
    if (hundredNanos < 0) {
      throw new IllegalArgumentException("a due time is 0 or more units of 100 ns from now, not " + hundredNanos);
    }
    Machine machine = Activity.current().machine();
    machine.step(StepKind.SET_TIMER, this);
    Expiry expiry = new Expiry(dpc);
    Expiry replaced;
    synchronized (this) {
      replaced = pending;
      pending = expiry;
      signaled = false;
    }
    boolean wasSet = callOff(machine, replaced);
    Activity clock = machine.newActivity(ActivityKind.HARDWARE, "clock", () -> expire(machine, expiry));
    clock.raise(Irql.CLOCK_LEVEL);
    machine.startAfter(clock, StepKind.EXPIRE_TIMER, expiry, Ke.nanos(hundredNanos));
    machine.outcome(wasSet);
    return wasSet;
  }

  private void expire(Machine machine, Expiry expiry) {
    machine.opened(this);
    if (expiry.dpc != null) {
      expiry.dpc.enqueue(machine, null, null, null);
    }
  }

  /**
   * {@code KeCancelTimer}: calls the timer off.
   *
   * <p>IRQL: at most DISPATCH_LEVEL.
   *
   * @return true when it was set; false when it was not or has expired, even if its DPC has not run yet
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kecanceltimer">KeCancelTimer</a>
   */
  public boolean cancel() {
    Machine machine = Activity.current().machine();
    machine.step(StepKind.CANCEL_TIMER, this);
    Expiry cancelled;
    synchronized (this) {
      cancelled = pending;
      pending = null;
    }
    boolean wasSet = callOff(machine, cancelled);
    machine.outcome(wasSet);
    return wasSet;
  }

  private static boolean callOff(Machine machine, @Nullable Expiry expiry) {
    if (expiry == null) {
      return false;
    }
    machine.calledOff(expiry);
    return true;
  }

  @Override
  public boolean passable(Activity activity) {
    return signaled;
  }

  @Override
  public boolean tryPass(Activity activity) {
    return signaled;
  }

  @Override
  public String kindName() {
    return "KTIMER";
  }

  @Override
  public String snapshot() {
    return pending != null ? "set" : signaled ? "expired" : "-";
  }
}
