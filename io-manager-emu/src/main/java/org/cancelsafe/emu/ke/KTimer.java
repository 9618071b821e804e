package org.cancelsafe.emu.ke;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.ActivityKind;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code KTIMER}: signaled when its time comes, and able to queue a DPC then. On an explored machine a set timer may
 * expire at any later step; a periodic one does so twice for each setting.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/timer-objects-and-dpcs">Timer objects and
 *     DPCs</a>
 */
public final class KTimer extends DispatcherObject {
  private static final int EXPLORED_EXPIRIES = 2;
  private static final long MILLISECOND = 10_000;

  private final Type type;
  private volatile boolean signaled;
  private volatile @Nullable Expiry pending;
  private volatile @Nullable Setting periodic;

  /** {@code TIMER_TYPE}. */
  public enum Type {
    /** Lets all waiters through and stays signaled. */
    NOTIFICATION_TIMER,
    /** Lets one waiter through and is reset by that. */
    SYNCHRONIZATION_TIMER
  }

  /** {@code KeInitializeTimer}: a notification timer. */
  public KTimer(@Nullable String name) {
    this(name, Type.NOTIFICATION_TIMER);
  }

  /** {@code KeInitializeTimerEx}. */
  public KTimer(@Nullable String name, Type type) {
    super(name);
    this.type = requireNonNull(type, "type");
  }

  /** What a timer was set to. */
  private record Setting(Machine machine, long periodNanos, @Nullable KDpc dpc) {}

  /** One time that the timer will expire: passable until it is called off. */
  private final class Expiry extends Gate {
    private final Setting setting;
    private final int left;
    private @Nullable Expiry next;

    Expiry(Setting setting, int left) {
      super(KTimer.this.name());
      this.setting = setting;
      this.left = left;
    }

    @Override
    public boolean passable(Activity activity) {
      return pending == this;
    }

    @Override
    public boolean tryPass(Activity activity) {
      synchronized (WaitBlock.DISPATCHER_LOCK) {
        if (pending != this) {
          return false;
        }
        boolean again = setting.periodNanos > 0 && left > 1;
        pending = again ? new Expiry(setting, left - 1) : null;
        if (setting.periodNanos > 0 && !again) {
          setting.machine.leavesOut("a periodic timer expires at most twice");
        }
        next = pending;
        return true;
      }
    }

    @Override
    public KTimer subject() {
      return KTimer.this;
    }

    @Override
    public @Nullable KDpc alsoChanges() {
      return setting.dpc;
    }

    void start(long nanos) {
      Activity clock = setting.machine.newActivity(ActivityKind.HARDWARE, "clock", this::expire);
      clock.raise(Irql.CLOCK_LEVEL);
      setting.machine.startAfter(clock, StepKind.EXPIRE_TIMER, this, nanos);
    }

    /** The DPC is queued first, so that whoever finds the timer signaled finds its DPC queued. */
    private void expire() {
      if (setting.dpc != null) {
        setting.dpc.enqueueAtExpiry(setting.machine);
      }
      List<WaitBlock> released;
      boolean setAgain;
      synchronized (WaitBlock.DISPATCHER_LOCK) {
        setAgain = pending != next;
        signaled = true;
        released = handOver();
        signaled &= !setAgain;
      }
      wake(setting.machine, released);
      if (next != null && !setAgain) {
        next.start(setting.periodNanos);
      }
    }
  }

  /**
   * {@code KeSetTimer}: has the timer expire once.
   *
   * <p>IRQL: at most DISPATCH_LEVEL.
   *
   * @param dueTime when, in units of 100 ns: below 0 from now, as the kernel writes it, and above 0 the same; but a
   *     time
   *     as {@link Ke#querySystemTime} tells it is that time
   * @param dpc what is queued then
   * @return whether the timer was set already; that setting, and the DPC call it would have made, are called off
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kesettimer">KeSetTimer</a>
   */
  public boolean set(long dueTime, @Nullable KDpc dpc) {
    return setEx(dueTime, 0, dpc);
  }

  /**
   * {@code KeSetTimerEx}: has the timer expire, and again after each period. A periodic timer's DPC may still run on
   * one processor when it begins on another one.
   *
   * <p>IRQL: at most DISPATCH_LEVEL.
   *
   * @param dueTime when for the first time, as for {@link #set}
   * @param periodMilliseconds how long after that each time; 0 for once
   * @return whether the timer was set already; that setting is called off
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kesettimerex">KeSetTimerEx</a>
   */
  public boolean setEx(long dueTime, int periodMilliseconds, @Nullable KDpc dpc) {
    if (periodMilliseconds < 0) {
      throw new IllegalArgumentException("a period is 0 or more milliseconds, not " + periodMilliseconds);
    }
    Activity self = checkIrql("KeSetTimer");
    Machine machine = self.machine();
    machine.step(StepKind.SET_TIMER, this);
    Setting setting = new Setting(machine, Ke.nanos(periodMilliseconds * MILLISECOND), dpc);
    Expiry expiry = new Expiry(setting, machine.hasVirtualTime() ? EXPLORED_EXPIRIES : Integer.MAX_VALUE);
    boolean wasSet = replace(machine, expiry, setting.periodNanos > 0 ? setting : null);
    expiry.start(Ke.nanosUntil(dueTime));
    machine.outcome(wasSet);
    return wasSet;
  }

  /**
   * {@code KeSetCoalescableTimer}: as {@link #setEx}; the tolerance is not made use of.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kesetcoalescabletimer">
   *     KeSetCoalescableTimer</a>
   */
  public boolean setCoalescable(
      long dueTime, int periodMilliseconds, int tolerableDelayMilliseconds, @Nullable KDpc dpc) {
    return setEx(dueTime, periodMilliseconds, dpc);
  }

  /**
   * {@code KeCancelTimer}: calls the timer off. A DPC that it has queued, or that runs, is not affected.
   *
   * <p>IRQL: at most DISPATCH_LEVEL.
   *
   * @return true when it was set; false when it was not or has expired, even if its DPC has not run yet; a periodic one
   *     is set until it is cancelled
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kecanceltimer">KeCancelTimer</a>
   */
  public boolean cancel() {
    Machine machine = checkIrql("KeCancelTimer").machine();
    machine.step(StepKind.CANCEL_TIMER, this);
    boolean wasSet = replace(machine, null, null);
    machine.outcome(wasSet);
    return wasSet;
  }

  private Activity checkIrql(String routine) {
    Activity self = Activity.current();
    if (self.isAbove(Irql.DISPATCH_LEVEL)) {
      throw Rule.IRQL_DISPATCH_LTE.violated(
          self.machine(), routine + "(" + this + ") at " + self.irql(), self.irql().level());
    }
    return self;
  }

  private boolean replace(Machine machine, @Nullable Expiry expiry, @Nullable Setting period) {
    Expiry replaced;
    boolean wasSet;
    synchronized (WaitBlock.DISPATCHER_LOCK) {
      replaced = pending;
      wasSet = replaced != null || periodic != null;
      pending = expiry;
      periodic = period;
      if (expiry != null) {
        signaled = false;
      }
    }
    if (replaced != null) {
      machine.calledOff(replaced);
    }
    return wasSet;
  }

  /** {@code KeReadStateTimer}: whether the timer is signaled. IRQL: any. */
  public boolean readState() {
    Activity self = Activity.current();
    self.machine().preemptionPoint(self);
    self.machine().step(StepKind.READ, this);
    boolean state = signaled;
    self.machine().outcome(state);
    return state;
  }

  /**
   * The memory that this timer is in is freed.
   *
   * <p>Bug check: {@code 0xC7} with parameter 0 while it is set.
   */
  public void free() {
    Machine machine = Activity.current().machine();
    machine.step(StepKind.WRITE, this, "freed memory");
    if (pending != null) {
      throw Rule.TIMER_FREED_WHILE_SET.violated(machine, "the memory of " + this + " is freed while it is set", this);
    }
  }

  @Override
  boolean isSignaledFor(Activity activity) {
    return signaled;
  }

  @Override
  boolean acquire(Activity activity) {
    signaled = type == Type.NOTIFICATION_TIMER;
    return false;
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
