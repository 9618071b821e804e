package org.cancelsafe.emu.ke;

import java.util.List;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.StepKind;
import org.jspecify.annotations.Nullable;

/**
 * {@code KSEMAPHORE}: a counter that lets a waiter through and drops by one while it is above zero.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/semaphore-objects">Semaphore objects</a>
 */
public final class KSemaphore extends DispatcherObject {
  private final int limit;
  private volatile int count;

  /** {@code KeInitializeSemaphore}. */
  public KSemaphore(@Nullable String name, int count, int limit) {
    super(name);
    if (count < 0 || limit < 1 || count > limit) {
      throw new IllegalArgumentException("a semaphore counts from 0 to its limit, not " + count + " of " + limit);
    }
    this.count = count;
    this.limit = limit;
  }

  /**
   * {@code KeReleaseSemaphore}: adds to the count.
   *
   * <p>IRQL: at most DISPATCH_LEVEL. Bug check: {@code 0xC4/0x20011} above.
   *
   * @return the count before
   * @throws IllegalStateException STATUS_SEMAPHORE_LIMIT_EXCEEDED, the count unchanged
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereleasesemaphore">
   *     KeReleaseSemaphore</a>
   */
  public int release(int adjustment) {
    if (adjustment < 1) {
      throw new IllegalArgumentException("a semaphore is released by 1 or more, not " + adjustment);
    }
    Activity self = Waits.atMostAtDispatch("KeReleaseSemaphore", this);
    self.machine().step(StepKind.RELEASE_SEMAPHORE, this);
    int before;
    List<WaitBlock> released;
    synchronized (WaitBlock.DISPATCHER_LOCK) {
      before = count;
      if (before > limit - adjustment) {
        throw new IllegalStateException(
            "STATUS_SEMAPHORE_LIMIT_EXCEEDED: " + this + " stands at " + before + " of " + limit);
      }
      count = before + adjustment;
      released = handOver();
    }
    self.machine().outcome(before);
    wake(self.machine(), released);
    return before;
  }

  /**
   * {@code KeReleaseSemaphore}, with all of its parameters; with {@code wait} the IRQL stays raised until the wait that
   * has to follow.
   *
   * <p>IRQL: at most DISPATCH_LEVEL; with {@code wait} at most APC_LEVEL on entry and DISPATCH_LEVEL on exit.
   *
   * @param increment how much the priority of who waits rises; nobody does anything with it
   * @param wait whether the caller will wait next
   * @return the count before
   * @throws IllegalStateException STATUS_SEMAPHORE_LIMIT_EXCEEDED, the count unchanged
   */
  public int release(int increment, int adjustment, boolean wait) {
    return wait
        ? Waits.raisedUntilWait("KeReleaseSemaphore(" + this + ", Wait)", () -> release(adjustment))
        : release(adjustment);
  }

  /** {@code KeReadStateSemaphore}: the count. IRQL: any. */
  public int readState() {
    Activity self = Activity.current();
    self.machine().preemptionPoint(self);
    self.machine().step(StepKind.READ, this);
    int now = count;
    self.machine().outcome(now);
    return now;
  }

  @Override
  boolean isSignaledFor(Activity activity) {
    return count > 0;
  }

  @Override
  boolean acquire(Activity activity) {
    count--;
    return false;
  }

  @Override
  public String kindName() {
    return "KSEMAPHORE";
  }

  @Override
  public String snapshot() {
    return Integer.toString(count);
  }
}
