package org.cancelsafe.emu.io;

import static java.util.Objects.requireNonNull;

import org.cancelsafe.emu.ex.WorkQueueItem;
import org.cancelsafe.emu.machine.MachineObject;
import org.jspecify.annotations.Nullable;

/**
 * {@code IO_WORKITEM}: a work item of a device. It is queued at up to DISPATCH_LEVEL and its routine runs at
 * PASSIVE_LEVEL in a system thread. It leaves the queue before its routine begins, and refers to its device until the
 * routine has returned.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/system-worker-threads">
 *     System worker threads</a>
 */
public final class IoWorkItem extends MachineObject {
  private final DeviceObject device;
  private final Item item = new Item();

  /** The executive's part of it. */
  private static final class Item extends WorkQueueItem {
    Item() {
      super(null);
    }

    void queue(WorkQueueType queueType, Runnable work) {
      queue("IoQueueWorkItem", queueType, work);
    }

    void freeIoWorkItem() {
      free("IoFreeWorkItem");
    }

    @Override
    public String kindName() {
      return "IO_WORKITEM";
    }
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
    device.reference();
    item.queue(
        requireNonNull(queueType, "queueType"),
        () -> {
          routine.run();
          device.dereference();
        });
  }

  /**
   * {@code IoFreeWorkItem}: frees the work item, which may run, but not be queued.
   *
   * <p>IRQL: at most DISPATCH_LEVEL. Bug checks: {@code 0xC4/0x131} when it was freed; {@code 0xC4/0x130} while it is
   * queued.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iofreeworkitem">
   *     IoFreeWorkItem</a>
   */
  public void free() {
    item.freeIoWorkItem();
  }

  @Override
  public String kindName() {
    return item.kindName();
  }

  @Override
  public String snapshot() {
    return item.snapshot();
  }
}
