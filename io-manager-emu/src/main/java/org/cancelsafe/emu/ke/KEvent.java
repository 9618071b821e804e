package org.cancelsafe.emu.ke;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.atomic.AtomicBoolean;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
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
  private final AtomicBoolean signaled;

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
    this.signaled = new AtomicBoolean(signaled);
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
    Activity self = Activity.current();
    if (self.irql().isAbove(Irql.DISPATCH_LEVEL)) {
      throw Rule.SET_EVENT_ABOVE_DISPATCH.violated(
          self.machine(), "KeSetEvent(" + this + ") at " + self.irql(), self.irql().level());
    }
    self.machine().step(StepKind.SET_EVENT, this);
    boolean before = signaled.getAndSet(true);
    self.machine().outcome(before);
    self.machine().opened(this);
    return before;
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
    boolean before = signaled.getAndSet(false);
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
    boolean state = signaled.get();
    self.machine().outcome(state);
    return state;
  }

  @Override
  public boolean passable(Activity activity) {
    return signaled.get();
  }

  @Override
  public boolean tryPass(Activity activity) {
    return type == Type.NOTIFICATION_EVENT ? signaled.get() : signaled.compareAndSet(true, false);
  }

  @Override
  public String kindName() {
    return "KEVENT";
  }

  @Override
  public String snapshot() {
    return signaled.get() ? "set" : "-";
  }
}
