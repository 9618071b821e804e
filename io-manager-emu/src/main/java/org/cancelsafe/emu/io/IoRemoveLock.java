package org.cancelsafe.emu.io;

import com.google.common.collect.ConcurrentHashMultiset;
import com.google.common.collect.Multiset;
import java.util.concurrent.atomic.AtomicLong;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.Irql;
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

  private static final Object NO_TAG = "NULL";

  private final AtomicLong word = new AtomicLong();
  private final Multiset<Object> tags = ConcurrentHashMultiset.create();

  /** {@code IoInitializeRemoveLock}. */
  public IoRemoveLock(@Nullable String name) {
    super(name);
  }

  /** {@code IoAcquireRemoveLock} with {@code Tag} NULL: {@link #acquire(Object)}. */
  public NtStatus acquire() {
    return acquire(NO_TAG);
  }

  /**
   * {@code IoAcquireRemoveLock}: takes the lock once more.
   *
   * <p>IRQL: at most DISPATCH_LEVEL. Bug check: {@code 0xC4/0x20011} above.
   *
   * @param tag what the lock is taken for, as a rule the IRP, or null; given again when the lock is given back, and
   *     checked then
   * @return STATUS_SUCCESS, or STATUS_DELETE_PENDING after {@link #releaseAndWait}
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioacquireremovelock">
   *     IoAcquireRemoveLock</a>
   */
  public NtStatus acquire(@Nullable Object tag) {
    Activity self = Activity.current();
    Machine machine = self.machine();
    if (machine.verifies() && self.isAbove(Irql.DISPATCH_LEVEL)) {
      throw Rule.IRQL_DISPATCH_LTE.violated(
          machine, "IoAcquireRemoveLock(" + this + ") at " + self.irql(), self.irql().level());
    }
    machine.preemptionPoint(self);
    machine.step(StepKind.ACQUIRE_REMOVE_LOCK, this);
    long before = word.getAndUpdate(old -> (old & CLOSED) != 0 ? old : old + 1);
    NtStatus status = (before & CLOSED) != 0 ? NtStatus.STATUS_DELETE_PENDING : NtStatus.STATUS_SUCCESS;
    if (status.isSuccess() && machine.verifies()) {
      tags.add(orNone(tag));
    }
    machine.outcome(status);
    return status;
  }

  /** {@code IoReleaseRemoveLock} with {@code Tag} NULL: {@link #release(Object)}. */
  public void release() {
    release(NO_TAG);
  }

  /**
   * {@code IoReleaseRemoveLock}: gives the lock back once.
   *
   * <p>IRQL: at most DISPATCH_LEVEL. Bug check: {@code 0xC4/0xD5} when nobody holds it, or nobody with this tag.
   *
   * @param tag what it was taken with
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioreleaseremovelock">
   *     IoReleaseRemoveLock</a>
   */
  public void release(@Nullable Object tag) {
    Machine machine = Activity.current().machine();
    machine.step(StepKind.RELEASE_REMOVE_LOCK, this);
    drop(machine, Rule.REMOVE_LOCK, tag);
    machine.opened(this);
  }

  private void drop(Machine machine, Rule wrongTag, @Nullable Object tag) {
    if ((word.getAndUpdate(old -> (old & HOLDERS) == 0 ? old : old - 1) & HOLDERS) == 0) {
      throw Rule.REMOVE_LOCK.violated(machine, this + " is released, and nobody holds it", this);
    }
    if (machine.verifies() && !tags.remove(orNone(tag))) {
      throw wrongTag.violated(
          machine, this + " is released with the tag " + tag + ", with which nobody holds it", this, orNone(tag));
    }
  }

  private static Object orNone(@Nullable Object tag) {
    return tag == null ? NO_TAG : tag;
  }

  /** {@code IoReleaseRemoveLockAndWait} with {@code Tag} NULL: {@link #releaseAndWait(Object)}. */
  public void releaseAndWait() {
    releaseAndWait(NO_TAG);
  }

  /**
   * {@code IoReleaseRemoveLockAndWait}: gives the lock back, lets nobody take it any more, and waits until nobody holds
   * it.
   *
   * <p>IRQL: PASSIVE_LEVEL. Bug checks: {@code 0xC4/0xD5} when nobody holds it; {@code 0xC4/0xD6} when nobody does with
   * this tag; {@code 0xC4/0x121} at DISPATCH_LEVEL or above.
   *
   * @param tag what it was taken with
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ioreleaseremovelockandwait">
   *     IoReleaseRemoveLockAndWait</a>
   */
  public void releaseAndWait(@Nullable Object tag) {
    Activity self = Activity.current();
    Machine machine = self.machine();
    if (self.irql().ownsProcessor()) {
      throw Rule.WAIT_AT_DISPATCH.violated(
          machine, "IoReleaseRemoveLockAndWait(" + this + ") at " + self.irql(), self.irql().level(), this);
    }
    machine.step(StepKind.CLOSE_REMOVE_LOCK, this);
    word.getAndUpdate(old -> old | CLOSED);
    drop(machine, Rule.REMOVE_LOCK_WAIT_TAG, tag);
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
