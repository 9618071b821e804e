package org.cancelsafe.emu.ex;

import static java.util.Objects.requireNonNull;
import static org.cancelsafe.emu.machine.Irql.APC_LEVEL;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;

import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code CALLBACK_OBJECT}: routines that others have registered, to be called on an occasion. A routine that is
 * unregistered is not running any more, nor called again, once that has returned.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/callback-objects">Callback objects</a>
 */
public final class CallbackObject extends MachineObject {
  private final boolean allowMultipleCallbacks;
  private final List<Registration> registrations = new ArrayList<>();

  /** {@code CALLBACK_FUNCTION}. */
  @FunctionalInterface
  public interface CallbackFunction {
    /** Runs at the notifier's IRQL, with what it was registered with and what the notifier tells. */
    void call(@Nullable Object context, @Nullable Object argument1, @Nullable Object argument2);
  }

  /** What {@code ExRegisterCallback} returns: one routine. A gate that is passed while the routine does not run. */
  public static final class Registration extends Gate {
    private final CallbackObject callback;
    private final CallbackFunction function;
    private final @Nullable Object context;
    private int running;
    private boolean unregistered;

    private Registration(CallbackObject callback, CallbackFunction function, @Nullable Object context) {
      super(callback.name());
      this.callback = callback;
      this.function = function;
      this.context = context;
    }

    @Override
    public boolean passable(Activity activity) {
      synchronized (callback) {
        return running == 0;
      }
    }

    @Override
    public boolean tryPass(Activity activity) {
      return passable(activity);
    }

    @Override
    public CallbackObject subject() {
      return callback;
    }
  }

  /**
   * {@code ExCreateCallback}: an object for which nobody is registered.
   *
   * @param allowMultipleCallbacks whether more than one routine can be registered
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-excreatecallback">
   *     ExCreateCallback</a>
   */
  public CallbackObject(@Nullable String name, boolean allowMultipleCallbacks) {
    super(name);
    this.allowMultipleCallbacks = allowMultipleCallbacks;
  }

  /**
   * {@code ExRegisterCallback}: has this called on each occasion from now on, before this has returned too.
   *
   * <p>IRQL: at most APC_LEVEL. Bug check: {@code 0xC4/0x2000F} above.
   *
   * @return what to unregister it with; null when another one is registered and more than one is not allowed
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exregistercallback">
   *     ExRegisterCallback</a>
   */
  public @Nullable Registration register(CallbackFunction function, @Nullable Object context) {
    Registration registration = new Registration(this, requireNonNull(function, "function"), context);
    Machine machine = announce("ExRegisterCallback", APC_LEVEL, Rule.IRQL_APC_LTE);
    boolean registered = add(registration);
    machine.outcome(registered ? "registered" : "NULL");
    return registered ? registration : null;
  }

  private synchronized boolean add(Registration registration) {
    return (allowMultipleCallbacks || registrations.isEmpty()) && registrations.add(registration);
  }

  /**
   * {@code ExUnregisterCallback}: has the routine not called any more, and waits while it runs.
   *
   * <p>IRQL: at most APC_LEVEL. Bug check: {@code 0xC4/0x2000F} above.
   *
   * @throws IllegalStateException when it is not registered with this object
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exunregistercallback">
   *     ExUnregisterCallback</a>
   */
  public void unregister(Registration registration) {
    requireNonNull(registration, "registration");
    Machine machine = announce("ExUnregisterCallback", APC_LEVEL, Rule.IRQL_APC_LTE);
    synchronized (this) {
      if (!registrations.remove(registration)) {
        throw new IllegalStateException(
            "ExUnregisterCallback(" + this + ") by " + Activity.current() + ": this is not registered with it");
      }
      registration.unregistered = true;
    }
    machine.block(Activity.current(), StepKind.WAIT_CALLBACK, registration, -1);
  }

  /**
   * {@code ExNotifyCallback}: calls the routines that are registered, in the order of their registration.
   *
   * <p>IRQL: at most DISPATCH_LEVEL, at which they are called. Bug check: {@code 0xC4/0x20011} above.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exnotifycallback">
   *     ExNotifyCallback</a>
   */
  public void notifyCallback(@Nullable Object argument1, @Nullable Object argument2) {
    Machine machine = announce("ExNotifyCallback", DISPATCH_LEVEL, Rule.IRQL_DISPATCH_LTE);
    for (Registration registration : registered()) {
      if (begin(registration)) {
        registration.function.call(registration.context, argument1, argument2);
        machine.step(StepKind.CHANGE_CALLBACK, this, "a routine returns to");
        if (end(registration)) {
          machine.opened(registration);
        }
      }
    }
  }

  private synchronized List<Registration> registered() {
    return List.copyOf(registrations);
  }

  private boolean begin(Registration registration) {
    Activity.current().machine().step(StepKind.CHANGE_CALLBACK, this, "calls a routine of");
    synchronized (this) {
      if (registration.unregistered) {
        return false;
      }
      registration.running++;
      return true;
    }
  }

  private synchronized boolean end(Registration registration) {
    return --registration.running == 0;
  }

  private Machine announce(String routine, Irql highest, Rule rule) {
    Activity self = Activity.current();
    self.checkAtMost(highest, rule, routine + "(" + this + ")", this);
    self.machine().preemptionPoint(self);
    self.machine().step(StepKind.CHANGE_CALLBACK, this, routine);
    return self.machine();
  }

  @Override
  public String kindName() {
    return "CALLBACK_OBJECT";
  }

  @Override
  public synchronized String snapshot() {
    return Integer.toString(registrations.size());
  }
}
