package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;

import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Seam;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code KSPIN_LOCK}: an executive spin lock.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/introduction-to-spin-locks">Introduction to
 *     spin locks</a>
 */
public class KSpinLock extends SpinLockWord {
  private final StepKind acquire;
  private final StepKind release;

  /** {@code KeInitializeSpinLock}: a free lock. */
  public KSpinLock() {
    this(null);
  }

  /** {@code KeInitializeSpinLock}: a free lock with a name for traces. */
  public KSpinLock(@Nullable String name) {
    this(name, StepKind.ACQUIRE, StepKind.RELEASE);
  }

  /** A lock whose acquire and release read differently in a trace. */
  protected KSpinLock(@Nullable String name, StepKind acquire, StepKind release) {
    super(name);
    this.acquire = acquire;
    this.release = release;
  }

  /** A lock that nobody has initialised yet: memory that {@link #initialize} makes a lock of. */
  public static KSpinLock uninitialized(String name) {
    KSpinLock lock = new KSpinLock(name);
    lock.makeUninitialized();
    return lock;
  }

  /**
   * {@code KeInitializeSpinLock}, for a lock that was made {@link #uninitialized}; the constructors call it themselves.
   *
   * <p>IRQL: any. Bug check: {@code 0xC4/0x1005} when the lock was initialised before.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keinitializespinlock">
   *     KeInitializeSpinLock</a>
   */
  public void initialize() {
    Activity self = Activity.current();
    if (!becomeInitialized(self)) {
      throw Rule.SPIN_LOCK_REINITIALIZED.violated(
          self.machine(), self + " initialises " + this + ", which was initialised before", this);
    }
  }

  /**
   * {@code KeAcquireSpinLock}: raises to DISPATCH_LEVEL and takes the lock.
   *
   * <p>IRQL: at most DISPATCH_LEVEL on entry, DISPATCH_LEVEL on exit. Bug checks: {@code 0xC4/0x42} above
   * DISPATCH_LEVEL; {@code 0xF} when the caller owns the lock.
   *
   * @return the IRQL on entry, for {@link #release}
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keacquirespinlock">
   *     KeAcquireSpinLock</a>
   */
  public Irql acquire() {
    return acquire(Activity.current());
  }

  /** {@link #acquire()} for the running activity, where the caller has it at hand. */
  protected final Irql acquire(Activity self) {
    Irql old = self.irql();
    if (self.isAbove(DISPATCH_LEVEL)) {
      throw atWrongIrql(self, Rule.ACQUIRE_ABOVE_DISPATCH, acquire.describe(toString(), ""));
    }
    self.raise(DISPATCH_LEVEL);
    take(self, acquire);
    return old;
  }

  /**
   * {@code KeReleaseSpinLock}: gives the lock back and lowers the IRQL.
   *
   * <p>IRQL: DISPATCH_LEVEL on entry, {@code oldIrql} on exit. Bug checks: {@code 0xC4/0x1007} when nobody owns the
   * lock and {@code 0xC4/0x1004} when somebody else does, {@code 0x10} for both without Driver Verifier; {@code
   * 0xC4/0x32} at another IRQL; {@code 0xC4/0x31} when {@code oldIrql} is higher than that; {@code 0xF} when it is
   * lower and the caller holds another spin lock.
   *
   * @param oldIrql what {@link #acquire} returned
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereleasespinlock">
   *     KeReleaseSpinLock</a>
   */
  public void release(Irql oldIrql) {
    release(Activity.current(), oldIrql);
  }

  /** {@link #release(Irql)} for the running activity, where the caller has it at hand. */
  protected final void release(Activity self, Irql oldIrql) {
    if (!self.isAt(DISPATCH_LEVEL)) {
      throw atWrongIrql(self, Rule.RELEASE_NOT_AT_DISPATCH, release.describe(toString(), ""));
    }
    checkOwner(self);
    if (oldIrql.isAbove(DISPATCH_LEVEL)) {
      throw Rule.LOWER_TO_HIGHER.violated(
          self.machine(),
          release.describe(toString(), "") + " to " + oldIrql,
          DISPATCH_LEVEL.level(),
          oldIrql.level());
    }
    if (Seam.isOpen()) {
      checkLower(self, oldIrql, this);
      tellOfFree(self, release);
    }
    makeFree();
    self.lower(oldIrql);
  }

  /**
   * {@code KeAcquireSpinLockAtDpcLevel}: takes the lock for a caller who runs at DISPATCH_LEVEL anyway.
   *
   * <p>IRQL: at least DISPATCH_LEVEL, unchanged. Bug checks: {@code 0xC4/0x40} below; {@code 0xF} when the caller owns
   * the lock.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keacquirespinlockatdpclevel">
   *     KeAcquireSpinLockAtDpcLevel</a>
   */
  public void acquireAtDpcLevel() {
    Activity self = Activity.current();
    if (!self.irql().ownsProcessor()) {
      throw atWrongIrql(self, Rule.ACQUIRE_AT_DPC_BELOW_DISPATCH, "KeAcquireSpinLockAtDpcLevel(" + this + ")");
    }
    take(self, StepKind.ACQUIRE_AT_DPC_LEVEL);
  }

  /**
   * {@code KeReleaseSpinLockFromDpcLevel}: gives the lock back.
   *
   * <p>IRQL: at least DISPATCH_LEVEL, unchanged. Bug checks: {@code 0xC4/0x41} below; {@code 0xC4/0x1007},
   * {@code 0xC4/0x1004} or {@code 0x10} when the caller does not own the lock.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereleasespinlockfromdpclevel">
   *     KeReleaseSpinLockFromDpcLevel</a>
   */
  public void releaseFromDpcLevel() {
    Activity self = Activity.current();
    if (!self.irql().ownsProcessor()) {
      throw atWrongIrql(self, Rule.RELEASE_FROM_DPC_BELOW_DISPATCH, "KeReleaseSpinLockFromDpcLevel(" + this + ")");
    }
    checkOwner(self);
    free(self, StepKind.RELEASE_FROM_DPC_LEVEL);
  }

  /**
   * {@code KeTryToAcquireSpinLockAtDpcLevel}: takes the lock if it is free.
   *
   * <p>IRQL: at least DISPATCH_LEVEL, unchanged.
   *
   * @return whether the lock was taken; false at once when somebody holds it
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ketrytoacquirespinlockatdpclevel">
   *     KeTryToAcquireSpinLockAtDpcLevel</a>
   */
  public boolean tryToAcquireAtDpcLevel() {
    Activity self = Activity.current();
    if (!self.irql().ownsProcessor()) {
      throw Rule.ACQUIRE_AT_DPC_BELOW_DISPATCH.violated(
          self.machine(), "try of " + this + " at " + self.irql(), self.irql().level(), this);
    }
    self.machine().step(StepKind.TRY_ACQUIRE, this);
    boolean taken = tryToTake(self);
    self.machine().outcome(taken);
    return taken;
  }

  /**
   * {@code KeTestSpinLock}: whether the lock is free. Neither takes it nor changes the IRQL.
   *
   * <p>IRQL: any.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ketestspinlock">
   *     KeTestSpinLock</a>
   */
  public boolean test() {
    Activity self = Activity.current();
    self.machine().preemptionPoint(self);
    self.machine().step(StepKind.READ, this);
    boolean free = isFree();
    self.machine().outcome(free);
    return free;
  }

  /**
   * {@code KeAcquireSpinLockRaiseToDpc}: {@link #acquire()} under its other name.
   *
   * @return the IRQL on entry, for {@link #release}
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keacquirespinlockraisetodpc">
   *     KeAcquireSpinLockRaiseToDpc</a>
   */
  public final Irql acquireRaiseToDpc() {
    return acquire();
  }

  /**
   * {@code KeAcquireSpinLockForDpc}: takes the lock in a DPC that may be a threaded one; raises only from below
   * DISPATCH_LEVEL.
   *
   * <p>IRQL: at most DISPATCH_LEVEL on entry, DISPATCH_LEVEL on exit. Bug checks: as {@link #acquire()}.
   *
   * @return the IRQL on entry, for {@link #releaseForDpc}
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keacquirespinlockfordpc">
   *     KeAcquireSpinLockForDpc</a>
   */
  public final Irql acquireForDpc() {
    return acquire();
  }

  /**
   * {@code KeReleaseSpinLockForDpc}: gives the lock back and restores the IRQL.
   *
   * <p>IRQL: DISPATCH_LEVEL on entry, {@code oldIrql} on exit. Bug checks: as {@link #release}.
   *
   * @param oldIrql what {@link #acquireForDpc} returned
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereleasespinlockfordpc">
   *     KeReleaseSpinLockForDpc</a>
   */
  public final void releaseForDpc(Irql oldIrql) {
    release(oldIrql);
  }

  /**
   * {@code KeAcquireInStackQueuedSpinLock}: raises to DISPATCH_LEVEL and takes the lock when it is the caller's turn.
   *
   * <p>IRQL: at most DISPATCH_LEVEL on entry, DISPATCH_LEVEL on exit; the one on entry is kept in the handle. Bug
   * checks: {@code 0xC4/0x42} above; {@code 0xF} when the caller owns the lock; {@code 0xC4/0x40006} when the handle is
   * in use; {@code 0xC4/0x1009} for a lock that is in use with the ordinary routines.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keacquireinstackqueuedspinlock">
   *     KeAcquireInStackQueuedSpinLock</a>
   */
  public final void acquireInStackQueued(KLockQueueHandle handle) {
    Activity self = Activity.current();
    Irql old = self.irql();
    if (self.isAbove(DISPATCH_LEVEL)) {
      throw atWrongIrql(self, Rule.ACQUIRE_ABOVE_DISPATCH, "KeAcquireInStackQueuedSpinLock(" + this + ")");
    }
    self.raise(DISPATCH_LEVEL);
    handle.enter(this, self, old);
  }

  /**
   * {@code KeAcquireInStackQueuedSpinLockAtDpcLevel}: takes the lock when it is the caller's turn.
   *
   * <p>IRQL: at least DISPATCH_LEVEL, unchanged. Bug checks: {@code 0xC4/0x40} below; otherwise as {@link
   * #acquireInStackQueued}.
   *
   * @see <a
   *     href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keacquireinstackqueuedspinlockatdpclevel">
   *     KeAcquireInStackQueuedSpinLockAtDpcLevel</a>
   */
  public final void acquireInStackQueuedAtDpcLevel(KLockQueueHandle handle) {
    Activity self = Activity.current();
    if (!self.irql().ownsProcessor()) {
      throw atWrongIrql(
          self, Rule.ACQUIRE_AT_DPC_BELOW_DISPATCH, "KeAcquireInStackQueuedSpinLockAtDpcLevel(" + this + ")");
    }
    handle.enter(this, self, self.irql());
  }

  /**
   * {@code KeAcquireInStackQueuedSpinLockForDpc}: takes the lock, when it is the caller's turn, in a DPC that may be a
   * threaded one; raises only from below DISPATCH_LEVEL.
   *
   * <p>IRQL: at most DISPATCH_LEVEL on entry, DISPATCH_LEVEL on exit. Bug checks: as {@link #acquireInStackQueued}.
   *
   * @see <a
   *     href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keacquireinstackqueuedspinlockfordpc">
   *     KeAcquireInStackQueuedSpinLockForDpc</a>
   */
  public final void acquireInStackQueuedForDpc(KLockQueueHandle handle) {
    acquireInStackQueued(handle);
  }

  /** Whether the calling activity owns this lock; for assertions. */
  public boolean isOwnedByCaller() {
    return isOwnedBy(Activity.current());
  }

  private Error atWrongIrql(Activity self, Rule rule, String call) {
    return rule.violated(self.machine(), call + " at " + self.irql(), self.irql().level(), this);
  }

  @Override
  public String kindName() {
    return "KSPIN_LOCK";
  }
}
