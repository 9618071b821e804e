package org.cancelsafe.emu.ke;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.Machine;
import org.jspecify.annotations.Nullable;

/** {@code DISPATCHER_HEADER}: an object that threads wait for. */
public abstract class DispatcherObject extends Gate {
  private final List<WaitBlock> waiters = new ArrayList<>();

  /** An object with this name. */
  protected DispatcherObject(@Nullable String name) {
    super(name);
  }

  /** Under the dispatcher lock: whether this activity may go on because of this object. */
  abstract boolean isSignaledFor(Activity activity);

  /**
   * Under the dispatcher lock: it does go on, which may change the object.
   *
   * @return whether the object was abandoned
   */
  abstract boolean acquire(Activity activity);

  /** Under the dispatcher lock: who waits, in the order they came. */
  final List<WaitBlock> waiters() {
    return waiters;
  }

  /** Under the dispatcher lock: the object has been signaled; it is handed to those whom it lets go on. */
  final List<WaitBlock> handOver() {
    List<WaitBlock> released = new ArrayList<>();
    for (WaitBlock waiter : List.copyOf(waiters)) {
      if (waiter.satisfy()) {
        released.add(waiter);
      }
    }
    return released;
  }

  /** Without the lock: those who were let go on wake up. */
  static void wake(Machine machine, List<WaitBlock> released) {
    released.forEach(machine::opened);
  }

  /**
   * {@code KeWaitForSingleObject} without a timeout: waits until the object is signaled.
   *
   * <p>IRQL: at most APC_LEVEL. Bug checks: {@code 0xC4/0x121} at DISPATCH_LEVEL, {@code 0xC4/0x120} above; {@code
   * 0xB8} in a DPC.
   *
   * @return STATUS_SUCCESS; STATUS_ABANDONED for a mutex whose owner has ended
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kewaitforsingleobject">
   *     KeWaitForSingleObject</a>
   */
  public final KStatus waitForSingleObject() {
    return await(KProcessorMode.KERNEL_MODE, false, Waits.FOR_EVER);
  }

  /**
   * {@code KeWaitForSingleObject} with a timeout. On an explored machine it may expire at any step before the object is
   * signaled.
   *
   * <p>IRQL: at most APC_LEVEL, or DISPATCH_LEVEL with a timeout of 0. Bug checks: as without a timeout,
   * but {@code 0xC4/0x122} at DISPATCH_LEVEL.
   *
   * @param timeout how long to wait at most, in units of 100 ns: below 0, as the kernel has it, or above; 0 tests the
   *     object; a time as {@link Ke#querySystemTime} tells it is until then
   * @return true when the object was signaled (STATUS_SUCCESS), false when the time was over (STATUS_TIMEOUT)
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kewaitforsingleobject">
   *     KeWaitForSingleObject</a>
   */
  public final boolean waitForSingleObject(long timeout) {
    return await(KProcessorMode.KERNEL_MODE, false, Ke.nanosUntil(timeout)) != KStatus.STATUS_TIMEOUT;
  }

  /**
   * {@code KeWaitForSingleObject}, with all of its parameters.
   *
   * <p>IRQL: at most APC_LEVEL, or DISPATCH_LEVEL with a timeout of 0. Bug checks: {@code 0xC4/0x120} above
   * DISPATCH_LEVEL; at it {@code 0xC4/0x121} without a timeout and {@code 0xC4/0x122} with one; {@code 0xB8} in a DPC.
   *
   * @param waitReason for whoever debugs it
   * @param waitMode USER_MODE lets the end of the thread end the wait
   * @param alertable whether an alert ends the wait
   * @param timeout null for ever; 0 tests the object; below 0 so many units of 100 ns from now; above 0 a time as
   *     {@link
   *     Ke#querySystemTime} tells it
   * @return STATUS_SUCCESS, STATUS_TIMEOUT, STATUS_ALERTED, STATUS_USER_APC or STATUS_ABANDONED: NT_SUCCESS all of them
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kewaitforsingleobject">
   *     KeWaitForSingleObject</a>
   */
  public final KStatus waitForSingleObject(
      KWaitReason waitReason, KProcessorMode waitMode, boolean alertable, @Nullable Long timeout) {
    return await(requireNonNull(waitMode, "waitMode"), alertable, Waits.nanos(timeout));
  }

  private KStatus await(KProcessorMode mode, boolean alertable, long timeoutNanos) {
    Activity self = Activity.current();
    Waits.check(self, "KeWaitForSingleObject", this, timeoutNanos);
    KStatus status =
        new WaitBlock(self, List.of(this), WaitType.WAIT_ANY, mode, alertable).await(timeoutNanos);
    if (timeoutNanos >= 0 || alertable || mode == KProcessorMode.USER_MODE) {
      self.machine().outcome(status);
    }
    return status;
  }

  @Override
  public final boolean passable(Activity activity) {
    synchronized (WaitBlock.DISPATCHER_LOCK) {
      return isSignaledFor(activity);
    }
  }

  @Override
  public final boolean tryPass(Activity activity) {
    synchronized (WaitBlock.DISPATCHER_LOCK) {
      boolean signaled = isSignaledFor(activity);
      if (signaled) {
        acquire(activity);
      }
      return signaled;
    }
  }
}
