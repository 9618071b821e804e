package org.cancelsafe.emu.ke;

import static java.util.Objects.requireNonNull;

import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.ActivityKind;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Processor;
import org.cancelsafe.emu.machine.StepKind;
import org.jspecify.annotations.Nullable;

/**
 * {@code KDPC}: a routine that is queued at any IRQL and runs at DISPATCH_LEVEL, on the processor whose queue it is in.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/introduction-to-dpc-objects">Introduction to
 *     DPC objects</a>
 */
public final class KDpc extends Gate {
  private final KDeferredRoutine routine;
  private final @Nullable Object context;
  private @Nullable Activity queued;

  /** {@code KDEFERRED_ROUTINE}. */
  @FunctionalInterface
  public interface KDeferredRoutine {
    /** Runs at DISPATCH_LEVEL in an arbitrary context. */
    void run(KDpc dpc, @Nullable Object context, @Nullable Object argument1, @Nullable Object argument2);
  }

  /** {@code KeInitializeDpc}. */
  public KDpc(@Nullable String name, KDeferredRoutine routine, @Nullable Object context) {
    super(name);
    this.routine = requireNonNull(routine, "routine");
    this.context = context;
  }

  /**
   * {@code KeInsertQueueDpc}: queues the DPC on the caller's processor.
   *
   * <p>IRQL: any.
   *
   * @return whether it was queued; false, and nothing done, when it already is
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keinsertqueuedpc">
   *     KeInsertQueueDpc</a>
   */
  public boolean insertQueue(@Nullable Object argument1, @Nullable Object argument2) {
    Activity self = Activity.current();
    Machine machine = self.machine();
    machine.step(StepKind.QUEUE_DPC, this);
    boolean inserted = enqueue(machine, self.processor(), argument1, argument2);
    machine.outcome(inserted);
    return inserted;
  }

  boolean enqueue(
      Machine machine, @Nullable Processor processor, @Nullable Object argument1, @Nullable Object argument2) {
    Activity run;
    synchronized (this) {
      if (queued != null) {
        return false;
      }
      run =
          machine.newActivity(
              ActivityKind.DPC, String.valueOf(this), () -> routine.run(this, context, argument1, argument2));
      run.raise(Irql.DISPATCH_LEVEL);
      queued = run;
    }
    machine.queueDpc(run, this, processor, false);
    return true;
  }

  /**
   * {@code KeRemoveQueueDpc}: takes the DPC out of its queue.
   *
   * <p>IRQL: any.
   *
   * @return true when it was queued: that run will not happen; false when it was not, though it may be running
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keremovequeuedpc">
   *     KeRemoveQueueDpc</a>
   */
  public boolean removeQueue() {
    Machine machine = Activity.current().machine();
    machine.step(StepKind.REMOVE_DPC, this);
    boolean removed = dequeue();
    machine.outcome(removed);
    return removed;
  }

  private synchronized boolean dequeue() {
    boolean was = queued != null;
    queued = null;
    return was;
  }

  @Override
  public synchronized boolean passable(Activity activity) {
    return queued == activity;
  }

  @Override
  public synchronized boolean tryPass(Activity activity) {
    if (queued != activity) {
      return false;
    }
    queued = null;
    return true;
  }

  @Override
  public String kindName() {
    return "KDPC";
  }

  @Override
  public synchronized String snapshot() {
    return queued == null ? "-" : "queued";
  }
}
