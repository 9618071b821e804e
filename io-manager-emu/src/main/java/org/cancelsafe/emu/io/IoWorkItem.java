package org.cancelsafe.emu.io;

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
 * {@code IO_WORKITEM}: a routine that is queued at up to DISPATCH_LEVEL and runs at PASSIVE_LEVEL in a system thread.
 * It leaves the queue before its routine begins, and refers to its device until the routine has returned.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/system-worker-threads">System worker threads
 *     </a>
 */
public final class IoWorkItem extends MachineObject {
  private final DeviceObject device;
  private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);

  private enum State {
    IDLE,
    QUEUED,
    FREED
  }

  /** {@code IoAllocateWorkItem}'s. */
  IoWorkItem(DeviceObject device) {
    super(null);
    this.device = device;
  }

  /**
   * {@code IoQueueWorkItem}: has the routine run once.
   *
   * <p>IRQL: at most DISPATCH_LEVEL. Bug checks: {@code 0x96} while it is queued; {@code 0xC4/0x131} when it was
   * freed; {@code 0xC4/0x20011} above DISPATCH_LEVEL.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioqueueworkitem">IoQueueWorkItem
   *     </a>
   */
  public void queue(IoWorkItemRoutine routine, WorkQueueType queueType, @Nullable Object context) {
    requireNonNull(routine, "routine");
    enqueue(queueType, () -> routine.run(device, context));
  }

  /**
   * {@code IoQueueWorkItemEx}: as {@link #queue}, with a routine that is told the work item.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioqueueworkitemex">
   *     IoQueueWorkItemEx</a>
   */
  public void queueEx(IoWorkItemRoutineEx routine, WorkQueueType queueType, @Nullable Object context) {
    requireNonNull(routine, "routine");
    enqueue(queueType, () -> routine.run(device, context, this));
  }

  private void enqueue(WorkQueueType queueType, Runnable routine) {
    requireNonNull(queueType, "queueType");
    Activity self = Activity.current();
    Machine machine = self.machine();
    if (machine.verifies() && self.isAbove(DISPATCH_LEVEL)) {
      throw Rule.IRQL_DISPATCH_LTE.violated(
          machine, "IoQueueWorkItem(" + this + ") at " + self.irql(), self.irql().level());
    }
    machine.step(StepKind.QUEUE_WORK_ITEM, this);
    if (!state.compareAndSet(State.IDLE, State.QUEUED)) {
      Rule rule = state.get() == State.FREED ? Rule.FREED_WORK_ITEM : Rule.WORK_ITEM_QUEUED_TWICE;
      throw rule.violated(machine, self + " queues " + this + ", which is " + snapshot() + " already", this);
    }
    device.reference();
    machine.startThread("worker", () -> work(machine, routine)).background();
  }

  private void work(Machine machine, Runnable routine) {
    machine.step(StepKind.START_WORK_ITEM, this);
    state.compareAndSet(State.QUEUED, State.IDLE);
    routine.run();
    device.dereference();
  }

  /**
   * {@code IoFreeWorkItem}: frees the work item, which may run, but not be queued.
   *
   * <p>IRQL: at most DISPATCH_LEVEL. Bug checks: {@code 0xC4/0x131} when it was freed; {@code 0xC4/0x130} while it is
   * queued.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iofreeworkitem">IoFreeWorkItem</a>
   */
  public void free() {
    Activity self = Activity.current();
    self.machine().step(StepKind.FREE_WORK_ITEM, this);
    State before = state.getAndSet(State.FREED);
    if (before != State.IDLE) {
      Rule rule = before == State.FREED ? Rule.FREED_WORK_ITEM : Rule.QUEUED_WORK_ITEM_FREED;
      throw rule.violated(
          self.machine(), self + " frees " + this + ", which is " + (before == State.FREED ? "freed" : "queued"), this);
    }
  }

  @Override
  public String kindName() {
    return "IO_WORKITEM";
  }

  @Override
  public String snapshot() {
    return switch (state.get()) {
      case IDLE -> "-";
      case QUEUED -> "queued";
      case FREED -> "freed";
    };
  }
}
