package org.cancelsafe.emu.ke;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code KEVENT}: a flag that threads wait for. A notification event lets all waiters through until it is reset; a
 * synchronization event lets one through and resets itself.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/event-objects">Event objects</a>
 */
public final class KEvent extends DispatcherObject {
  private final Type type;
  private volatile boolean signaled;

  /** {@code EVENT_TYPE}. */
  public enum Type {
    /** Stays signaled until somebody resets it. */
    NOTIFICATION_EVENT,
    /** Is reset by the waiter it lets through. */
    SYNCHRONIZATION_EVENT
  }

  /** {@code KeInitializeEvent}. */
  public KEvent(@Nullable String name, Type type, boolean signaled) {
    super(name);
    this.type = requireNonNull(type, "type");
    this.signaled = signaled;
  }

  /**
   * {@code KeSetEvent} with {@code Wait} FALSE: signals the event.
   *
   * <p>IRQL: at most DISPATCH_LEVEL. Bug check: {@code 0xC4/0x80} above.
   *
   * @return whether the event was signaled before
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kesetevent">KeSetEvent</a>
   */
  public boolean set() {
    return signal(Activity.current());
  }

  /**
   * {@code KeSetEvent}: signals the event.
   *
   * <p>IRQL: at most DISPATCH_LEVEL; with {@code wait} at most APC_LEVEL on entry and DISPATCH_LEVEL on exit, to be
   * followed by a wait, which restores it. Bug checks: {@code 0xC4/0x80} above DISPATCH_LEVEL, {@code 0xC4/0x20016}
   * with {@code wait} above APC_LEVEL.
   *
   * @param increment how much the priority of who waits rises; nobody does anything with it
   * @param wait whether the caller will wait next
   * @return whether the event was signaled before
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kesetevent">KeSetEvent</a>
   */
  public boolean set(int increment, boolean wait) {
    Activity self = Activity.current();
    Irql old = self.irql();
    if (wait && old.ownsProcessor()) {
      throw Rule.SET_EVENT_AND_WAIT_ABOVE_APC.violated(
          self.machine(), "KeSetEvent(" + this + ", Wait) at " + old, old.level(), this);
    }
    if (wait) {
      self.raise(Irql.DISPATCH_LEVEL);
      self.setIrqlToRestoreByWait(old);
    }
    return signal(self);
  }

  private boolean signal(Activity self) {
    if (self.irql().isAbove(Irql.DISPATCH_LEVEL)) {
      throw Rule.SET_EVENT_ABOVE_DISPATCH.violated(
          self.machine(),
          "KeSetEvent(" + this + ") at " + self.irql(),
          self.irql().level());
    }
    self.machine().step(StepKind.SET_EVENT, this);
    boolean before;
    List<WaitBlock> released;
    synchronized (WaitBlock.DISPATCHER_LOCK) {
      before = signaled;
      signaled = true;
      released = handOver();
    }
    self.machine().outcome(before);
    wake(self.machine(), released);
    return before;
  }

  /**
   * {@code KePulseEvent} with {@code Wait} FALSE: lets those go on who wait at this moment, as many as {@link #set}
   * would, and leaves the event not signaled: who begins to wait a moment later waits.
   *
   * <p>IRQL: at most DISPATCH_LEVEL. Bug check: {@code 0xC4/0x20011} above.
   *
   * @return whether the event was signaled before
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/ntddk/nf-ntddk-kepulseevent">
   *     KePulseEvent</a>
   */
  public boolean pulse() {
    Activity self = Activity.current();
    Machine machine = self.machine();
    if (machine.verifies() && self.isAbove(Irql.DISPATCH_LEVEL)) {
      throw Rule.IRQL_DISPATCH_LTE.violated(
          machine, "KePulseEvent(" + this + ") at " + self.irql(), self.irql().level());
    }
    machine.step(StepKind.PULSE_EVENT, this);
    boolean before;
    List<WaitBlock> released;
    synchronized (WaitBlock.DISPATCHER_LOCK) {
      before = signaled;
      signaled = true;
      released = handOver();
      signaled = false;
    }
    machine.outcome(before);
    wake(machine, released);
    return before;
  }

  /**
   * {@code KePulseEvent}: as {@link #pulse()}.
   *
   * <p>IRQL: at most DISPATCH_LEVEL; with {@code wait} DISPATCH_LEVEL on exit, to be followed by a wait, which restores
   * it, and whose timeout is 0 when it was DISPATCH_LEVEL on entry. Bug check: {@code 0xC4/0x20011} above
   * DISPATCH_LEVEL.
   *
   * @param increment how much the priority of who waits rises; nobody does anything with it
   * @param wait whether the caller will wait next
   * @return whether the event was signaled before
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/ntddk/nf-ntddk-kepulseevent">
   *     KePulseEvent</a>
   */
  public boolean pulse(int increment, boolean wait) {
    Activity self = Activity.current();
    Irql old = self.irql();
    if (wait && !old.isAbove(Irql.DISPATCH_LEVEL)) {
      self.raise(Irql.DISPATCH_LEVEL);
      self.setIrqlToRestoreByWait(old);
    }
    return pulse();
  }

  /**
   * {@code KeResetEvent}: makes the event not signaled.
   *
   * <p>IRQL: at most DISPATCH_LEVEL.
   *
   * @return whether the event was signaled before
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keresetevent">KeResetEvent</a>
   */
  public boolean reset() {
    Activity self = Activity.current();
    self.machine().step(StepKind.RESET_EVENT, this);
    boolean before;
    synchronized (WaitBlock.DISPATCHER_LOCK) {
      before = signaled;
      signaled = false;
    }
    self.machine().outcome(before);
    return before;
  }

  /** {@code KeClearEvent}: as {@link #reset}, without saying what the state was. */
  public void clear() {
    reset();
  }

  /** {@code KeReadStateEvent}: whether the event is signaled. IRQL: at most DISPATCH_LEVEL. */
  public boolean readState() {
    Activity self = Activity.current();
    self.machine().preemptionPoint(self);
    self.machine().step(StepKind.READ, this);
    boolean state = signaled;
    self.machine().outcome(state);
    return state;
  }

  @Override
  boolean isSignaledFor(Activity activity) {
    return signaled;
  }

  @Override
  boolean acquire(Activity activity) {
    signaled = type == Type.NOTIFICATION_EVENT;
    return false;
  }

  @Override
  public String kindName() {
    return "KEVENT";
  }

  @Override
  public String snapshot() {
    return signaled ? "set" : "-";
  }
}
