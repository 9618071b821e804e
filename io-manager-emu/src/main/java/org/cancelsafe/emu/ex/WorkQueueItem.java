package org.cancelsafe.emu.ex;

import static java.util.Objects.requireNonNull;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;

import java.util.concurrent.atomic.AtomicReference;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code WORK_QUEUE_ITEM}: a routine that is queued at up to DISPATCH_LEVEL and runs at PASSIVE_LEVEL in a system
 * worker thread. It leaves its queue before its routine begins. It is for work that is no device's; what is a device's
 * is an {@link org.cancelsafe.emu.io.IoWorkItem}, which keeps the device.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/system-worker-threads">
 *     System worker threads</a>
 */
public class WorkQueueItem extends MachineObject {
  private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
  private @Nullable WorkerThreadRoutine routine;
  private @Nullable Object parameter;

  private enum State {
    IDLE,
    QUEUED,
    FREED
  }

  /** Memory for a work item, to be {@linkplain #initialize initialised}. */
  public WorkQueueItem(@Nullable String name) {
    super(name);
  }

  /** {@code ExInitializeWorkItem} on new memory. */
  public WorkQueueItem(@Nullable String name, WorkerThreadRoutine routine, @Nullable Object context) {
    this(name);
    initialize(routine, context);
  }

  /**
   * {@code ExInitializeWorkItem}: gives the work item its routine. IRQL: any.
   *
   * @param context what the routine is called with
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exinitializeworkitem">
   *     ExInitializeWorkItem</a>
   */
  public final void initialize(WorkerThreadRoutine routine, @Nullable Object context) {
    this.routine = requireNonNull(routine, "routine");
    this.parameter = context;
  }

  /**
   * {@code ExQueueWorkItem}: has the routine run once.
   *
   * <p>IRQL: at most DISPATCH_LEVEL. Bug checks: {@code 0x96} while it is queued; {@code 0xC4/0x131} when its memory
   * was freed; {@code 0xC4/0x20011} above DISPATCH_LEVEL.
   *
   * @param queueType CRITICAL_WORK_QUEUE or DELAYED_WORK_QUEUE; HYPER_CRITICAL_WORK_QUEUE is reserved for the system
   * @throws IllegalStateException when it was not initialised
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exqueueworkitem">ExQueueWorkItem
   *     </a>
   */
  public final void queue(WorkQueue queueType) {
    WorkerThreadRoutine what = routine;
    Object with = parameter;
    if (what == null) {
      throw new IllegalStateException(this + " has no routine: ExInitializeWorkItem first");
    }
    queue("ExQueueWorkItem", queueType, () -> what.run(with));
  }

  /** What queues it for this routine of the machine's, which runs what is given. */
  protected final void queue(String queueRoutine, WorkQueue queueType, Runnable work) {
    requireNonNull(queueType, "queueType");
    Activity self = Activity.current();
    Machine machine = self.machine();
    if (machine.verifies() && self.isAbove(DISPATCH_LEVEL)) {
      throw Rule.IRQL_DISPATCH_LTE.violated(
          machine, queueRoutine + "(" + this + ") at " + self.irql(), self.irql().level());
    }
    machine.step(StepKind.QUEUE_WORK_ITEM, this, queueRoutine);
    if (!state.compareAndSet(State.IDLE, State.QUEUED)) {
      Rule rule = state.get() == State.FREED ? Rule.FREED_WORK_ITEM : Rule.WORK_ITEM_QUEUED_TWICE;
      throw rule.violated(
          machine,
          self + " queues " + this + " in " + queueType.name() + ", and it is " + snapshot() + " already",
          this);
    }
    machine.startThread("worker", () -> begin(machine, work)).background();
  }

  private void begin(Machine machine, Runnable work) {
    machine.step(StepKind.START_WORK_ITEM, this);
    Activity.current().setWorkItem(this);
    state.compareAndSet(State.QUEUED, State.IDLE);
    work.run();
  }

  /**
   * The memory that this work item is in is freed. Its routine may run, but it may not be queued.
   *
   * <p>Bug checks: {@code 0xC4/0x131} when it was freed before; {@code 0xC4/0x130} while it is queued.
   */
  public final void free() {
    free("ExFreePool");
  }

  /** What frees it for this routine of the machine's. */
  protected final void free(String freeRoutine) {
    Activity self = Activity.current();
    self.machine().step(StepKind.FREE_WORK_ITEM, this, freeRoutine);
    State before = state.getAndSet(State.FREED);
    if (before != State.IDLE) {
      Rule rule = before == State.FREED ? Rule.FREED_WORK_ITEM : Rule.QUEUED_WORK_ITEM_FREED;
      throw rule.violated(
          self.machine(), self + " frees " + this + ", which is " + (before == State.FREED ? "freed" : "queued"), this);
    }
  }

  @Override
  public String kindName() {
    return "WORK_QUEUE_ITEM";
  }

  @Override
  public final String snapshot() {
    return switch (state.get()) {
      case IDLE -> "-";
      case QUEUED -> "queued";
      case FREED -> "freed";
    };
  }
}
