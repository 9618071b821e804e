package org.cancelsafe.emu.io;

import java.util.concurrent.atomic.AtomicLong;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code IO_REMOVE_LOCK}: counts who uses something, so that it goes away only when nobody does.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/using-remove-locks">Using remove locks</a>
 */
public final class IoRemoveLock extends Gate {
  private static final long CLOSED = 1L << 40;
  private static final long HOLDERS = CLOSED - 1;

  private final AtomicLong word = new AtomicLong();

  /** {@code IoInitializeRemoveLock}. */
  public IoRemoveLock(@Nullable String name) {
    super(name);
  }

  /**
   * {@code IoAcquireRemoveLock}: takes the lock once more.
   *
   * <p>IRQL: at most DISPATCH_LEVEL.
   *
   * @return STATUS_SUCCESS, or STATUS_DELETE_PENDING after {@link #releaseAndWait}
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioacquireremovelock">
   *     IoAcquireRemoveLock</a>
   */
  public NtStatus acquire() {
    Machine machine = Activity.current().machine();
    machine.step(StepKind.ACQUIRE_REMOVE_LOCK, this);
    long before = word.getAndUpdate(old -> (old & CLOSED) != 0 ? old : old + 1);
    NtStatus status = (before & CLOSED) != 0 ? NtStatus.STATUS_DELETE_PENDING : NtStatus.STATUS_SUCCESS;
    machine.outcome(status);
    return status;
  }

  /**
   * {@code IoReleaseRemoveLock}: gives the lock back once.
   *
   * <p>IRQL: at most DISPATCH_LEVEL. Bug check: {@code 0xC4/0xD5} when nobody holds it.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioreleaseremovelock">
   *     IoReleaseRemoveLock</a>
   */
  public void release() {
    Machine machine = Activity.current().machine();
    machine.step(StepKind.RELEASE_REMOVE_LOCK, this);
    drop(machine);
    machine.opened(this);
  }

  private void drop(Machine machine) {
    if ((word.getAndUpdate(old -> (old & HOLDERS) == 0 ? old : old - 1) & HOLDERS) == 0) {
      throw Rule.REMOVE_LOCK.violated(machine, this + " is released, and nobody holds it", this);
    }
  }

  /**
   * {@code IoReleaseRemoveLockAndWait}: gives the lock back, lets nobody take it any more, and waits until nobody holds
   * it.
   *
   * <p>IRQL: PASSIVE_LEVEL. Bug checks: {@code 0xC4/0xD5} when nobody holds it; {@code 0xC4/0x121} at DISPATCH_LEVEL or
   * above.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioreleaseremovelockandwait">
   *     IoReleaseRemoveLockAndWait</a>
   */
  public void releaseAndWait() {
    Activity self = Activity.current();
    Machine machine = self.machine();
    if (self.irql().ownsProcessor()) {
      throw Rule.WAIT_AT_DISPATCH.violated(
          machine, self + " waits for " + this + " at " + self.irql(), self.irql().level(), this);
    }
    machine.step(StepKind.CLOSE_REMOVE_LOCK, this);
    word.getAndUpdate(old -> old | CLOSED);
    drop(machine);
    machine.block(self, StepKind.WAIT_REMOVE_LOCK, this, -1);
  }

  @Override
  public boolean passable(Activity activity) {
    return (word.get() & HOLDERS) == 0;
  }

  @Override
  public boolean tryPass(Activity activity) {
    return passable(activity);
  }

  @Override
  public String kindName() {
    return "IO_REMOVE_LOCK";
  }

  @Override
  public String snapshot() {
    long now = word.get();
    return (now & HOLDERS) + ((now & CLOSED) != 0 ? " closed" : "");
  }
}
