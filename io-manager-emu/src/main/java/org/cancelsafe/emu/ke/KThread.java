package org.cancelsafe.emu.ke;

import static java.util.Objects.requireNonNull;

import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.StepKind;

/** {@code KTHREAD}: a system thread that others can wait for. */
public final class KThread extends DispatcherObject {
  private volatile boolean terminated;

  private KThread(String name) {
    super(name);
  }

  /**
   * {@code PsCreateSystemThread}: starts a thread of the driver's own. It may wait for work for ever without that being
   * a deadlock.
   *
   * <p>IRQL: PASSIVE_LEVEL.
   *
   * @return the thread; waiting for it waits for its end
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-pscreatesystemthread">
   *     PsCreateSystemThread</a>
   */
  public static KThread createSystemThread(Machine machine, String name, Runnable startRoutine) {
    requireNonNull(startRoutine, "startRoutine");
    KThread thread = new KThread(name);
    machine.startThread(name, () -> thread.runAndTerminate(machine, startRoutine)).background();
    return thread;
  }

  private void runAndTerminate(Machine machine, Runnable startRoutine) {
    startRoutine.run();
    machine.exiting(Activity.current());
    machine.step(StepKind.TERMINATE_THREAD, this);
    terminated = true;
    machine.opened(this);
  }

  @Override
  public boolean passable(Activity activity) {
    return terminated;
  }

  @Override
  public boolean tryPass(Activity activity) {
    return terminated;
  }

  @Override
  public String kindName() {
    return "KTHREAD";
  }
}
