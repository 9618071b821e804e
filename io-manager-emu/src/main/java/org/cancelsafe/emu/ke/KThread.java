package org.cancelsafe.emu.ke;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.ActivityKind;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/** {@code KTHREAD}: a system thread that others can wait for. */
public final class KThread extends DispatcherObject {
  private boolean terminated;
  private boolean alerted;
  private boolean terminating;
  private @Nullable WaitBlock waiting;

  private KThread(@Nullable String name) {
    super(name);
  }

  /** {@code KeGetCurrentThread}'s object of this activity. */
  static KThread of(Activity activity) {
    KThread existing = existing(activity);
    if (existing == null) {
      existing = new KThread(activity.name());
      activity.setThreadObject(existing);
    }
    return existing;
  }

  static @Nullable KThread existing(Activity activity) {
    return (KThread) activity.threadObject();
  }

  /**
   * {@code PsCreateSystemThread}: starts a thread of the driver's own. It may wait for work for ever without that being
   * a deadlock.
   *
   * <p>IRQL: PASSIVE_LEVEL; APC_LEVEL is let pass. Bug check: {@code 0xC4} above.
   *
   * @return the thread; waiting for it waits for its end
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-pscreatesystemthread">
   *     PsCreateSystemThread</a>
   */
  public static KThread createSystemThread(Machine machine, String name, Runnable startRoutine) {
    requireNonNull(startRoutine, "startRoutine");
    Activity caller = Activity.currentOrNull();
    if (caller != null && machine.verifies() && caller.isAbove(Irql.APC_LEVEL)) {
      throw Rule.IRQL_PASSIVE.violated(
          machine, "PsCreateSystemThread(" + name + ") at " + caller.irql(), caller.irql().level());
    }
    KThread thread = new KThread(name);
    Activity activity =
        machine.newActivity(ActivityKind.THREAD, name, () -> thread.runAndTerminate(machine, startRoutine));
    activity.setThreadObject(thread);
    machine.start(activity.background());
    return thread;
  }

  /** Who finds the thread terminated finds what it owned abandoned. */
  private void runAndTerminate(Machine machine, Runnable startRoutine) {
    startRoutine.run();
    Activity self = Activity.current();
    machine.exiting(self);
    self.runEndActions();
    machine.step(StepKind.TERMINATE_THREAD, this);
    List<WaitBlock> released;
    synchronized (WaitBlock.DISPATCHER_LOCK) {
      terminated = true;
      released = handOver();
    }
    wake(machine, released);
  }

  /**
   * {@code KeAlertThread}: ends the thread's alertable wait, this one or the next, with STATUS_ALERTED.
   *
   * <p>IRQL: at most DISPATCH_LEVEL.
   *
   * @return whether the thread was alerted already
   */
  public boolean alert() {
    Machine machine = Activity.current().machine();
    machine.step(StepKind.ALERT_THREAD, this, "KeAlertThread");
    boolean before;
    synchronized (WaitBlock.DISPATCHER_LOCK) {
      before = alerted;
      alerted = true;
      endWaitIfAlerted();
    }
    machine.outcome(before);
    machine.opened(this);
    return before;
  }

  /**
   * {@code ZwTerminateThread}, from outside: a user-mode wait of the thread, this one or a later one, ends with
   * STATUS_USER_APC; a kernel-mode wait that is not alertable goes on. The thread's routine runs until it returns.
   *
   * <p>IRQL: PASSIVE_LEVEL.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/waits-and-apcs">Waits and APCs</a>
   */
  public void terminate() {
    Machine machine = Activity.current().machine();
    machine.step(StepKind.ALERT_THREAD, this, "ZwTerminateThread");
    synchronized (WaitBlock.DISPATCHER_LOCK) {
      terminating = true;
      endWaitIfAlerted();
    }
    machine.opened(this);
  }

  private void endWaitIfAlerted() {
    WaitBlock wait = waiting;
    if (wait != null) {
      takeAlert(wait);
    }
  }

  /** Under the dispatcher lock: ends this wait of the thread if it has been alerted or is to end. */
  boolean takeAlert(WaitBlock wait) {
    if (alerted && wait.isAlertable()) {
      alerted = false;
      wait.end(KStatus.STATUS_ALERTED);
      return true;
    }
    if (terminating && (wait.isUser() || wait.isAlertable())) {
      wait.end(KStatus.STATUS_USER_APC);
      return true;
    }
    return false;
  }

  void setWaiting(@Nullable WaitBlock wait) {
    waiting = wait;
  }

  @Override
  boolean isSignaledFor(Activity activity) {
    return terminated;
  }

  @Override
  boolean acquire(Activity activity) {
    return false;
  }

  @Override
  public String kindName() {
    return "KTHREAD";
  }
}
