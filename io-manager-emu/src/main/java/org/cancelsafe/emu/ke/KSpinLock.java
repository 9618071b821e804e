package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.machine.Stepping;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code KSPIN_LOCK}: an executive spin lock.
 *
 * <p>The word holds the number of the owning activity. It is taken with one compare-and-swap and given back with a
 * release store, which needs no fence: whoever takes the lock next sees what was written under it, and nobody relies on
 * a release being seen at once. Whoever came through the queue of handles is there with a minus sign, so that the
 * ordinary routines, which the two words below keep out too, find somebody else's lock and look closer.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/introduction-to-spin-locks">Introduction to
 *     spin locks</a>
 */
public class KSpinLock extends Gate {
  private static final int FREE = 0;
  private static final int FREE_AND_QUEUED = Integer.MIN_VALUE;
  private static final int UNINITIALIZED = Integer.MIN_VALUE + 1;

  /** Free, but not for {@link #acquire}: the lock of interlocked lists. No short way leads there. */
  private static final int FREE_FOR_LISTS = Integer.MIN_VALUE + 2;

  private static final VarHandle OWNER;
  private static final VarHandle TAIL;

  static {
    try {
      OWNER = MethodHandles.lookup().findVarHandle(KSpinLock.class, "owner", int.class);
      TAIL = MethodHandles.lookup().findVarHandle(KSpinLock.class, "tail", KLockQueueHandle.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final StepKind acquire;
  private final StepKind release;
  private int owner;
  private boolean acquired;
  private volatile @Nullable KLockQueueHandle tail;
  private volatile long contentions;

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
    lock.owner = UNINITIALIZED;
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
    if (!OWNER.compareAndSet(this, UNINITIALIZED, FREE)) {
      if (self.machine().verifies()) {
        throw Rule.SPIN_LOCK_REINITIALIZED.violated(
            self.machine(), self + " initialises " + this + ", which was initialised before", this);
      }
      OWNER.setVolatile(this, FREE);
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
      throw Rule.ACQUIRE_ABOVE_DISPATCH.violated(self.machine(), "acquire of " + this + " at " + old, old.level(), this);
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
   * 0xC4/0x32} at another IRQL; {@code 0xC4/0x31} when {@code oldIrql} is higher than that; {@code 0xF} when it is lower
   * and the caller holds another spin lock.
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
      throw Rule.RELEASE_NOT_AT_DISPATCH.violated(
          self.machine(), "release of " + this + " at " + self.irql(), self.irql().level(), this);
    }
    checkOwner(self);
    if (oldIrql.isAbove(DISPATCH_LEVEL)) {
      throw Rule.LOWER_TO_HIGHER.violated(
          self.machine(), "release of " + this + " to " + oldIrql, DISPATCH_LEVEL.level(), oldIrql.level());
    }
    checkLower(self, oldIrql, this);
    free(self, release);
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
      throw Rule.ACQUIRE_AT_DPC_BELOW_DISPATCH.violated(
          self.machine(), "acquire of " + this + " at DPC level at " + self.irql(), self.irql().level(), this);
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
      throw Rule.RELEASE_FROM_DPC_BELOW_DISPATCH.violated(
          self.machine(), "release of " + this + " from DPC level at " + self.irql(), self.irql().level(), this);
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
    boolean taken = OWNER.compareAndSet(this, FREE, self.id());
    if (taken) {
      took(self, false);
    }
    self.machine().outcome(taken);
    return taken;
  }

  /**
   * {@code KeTestSpinLock}: whether the lock is free. Neither takes it nor changes the IRQL.
   *
   * <p>IRQL: any.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-ketestspinlock">KeTestSpinLock</a>
   */
  public boolean test() {
    Activity self = Activity.current();
    self.machine().preemptionPoint(self);
    self.machine().step(StepKind.READ, this);
    int word = (int) OWNER.getVolatile(this);
    boolean free = word == FREE || word == FREE_AND_QUEUED;
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
   * <p>IRQL: at most DISPATCH_LEVEL on entry, DISPATCH_LEVEL on exit; the one on entry is kept in the handle. Bug checks:
   * {@code 0xC4/0x42} above; {@code 0xF} when the caller owns the lock; {@code 0xC4/0x40006} when the handle is in use;
   * {@code 0xC4/0x1009} for a lock that is in use with the ordinary routines.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keacquireinstackqueuedspinlock">
   *     KeAcquireInStackQueuedSpinLock</a>
   */
  public final void acquireInStackQueued(KLockQueueHandle handle) {
    Activity self = Activity.current();
    Irql old = self.irql();
    if (self.isAbove(DISPATCH_LEVEL)) {
      throw Rule.ACQUIRE_ABOVE_DISPATCH.violated(self.machine(), "acquire of " + this + " at " + old, old.level(), this);
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
      throw Rule.ACQUIRE_AT_DPC_BELOW_DISPATCH.violated(
          self.machine(), "acquire of " + this + " at DPC level at " + self.irql(), self.irql().level(), this);
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

  /** Whether this activity owns this lock. */
  public final boolean isOwnedBy(Activity activity) {
    return owner == activity.id() || owner == -activity.id();
  }

  /** How often somebody found this lock held and had to spin; counted on live machines. */
  public final long contentions() {
    return contentions;
  }

  /** Its new owner counts, so nobody else does at the same time. */
  @Override
  public final void passedAfterSpinning() {
    contentions++;
  }

  @Override
  public final boolean passable(Activity activity) {
    return owner == FREE || owner == activity.id() || owner < 0 && activity.machine().verifies();
  }

  @Override
  public final boolean tryPass(Activity activity) {
    return OWNER.compareAndSet(this, FREE, activity.id()) || refuse(activity);
  }

  private boolean refuse(Activity activity) {
    int word = owner;
    checkNotOwner(activity, word);
    if (word >= 0) {
      return false;
    }
    if (activity.machine().verifies()) {
      throw misuse(activity, word);
    }
    return (word == UNINITIALIZED || word == FREE_AND_QUEUED)
        && OWNER.compareAndSet(this, word, activity.id());
  }

  private void checkNotOwner(Activity activity, int word) {
    if (word == activity.id()) {
      throw Rule.SPIN_LOCK_RECURSION.violated(activity.machine(), activity + " already owns " + this);
    }
  }

  private Error misuse(Activity activity, int word) {
    if (word == UNINITIALIZED) {
      return SpinLockMixing.uninitialized(activity, this);
    }
    return word == FREE_FOR_LISTS
        ? SpinLockMixing.otherUseOfListLock(activity, this)
        : SpinLockMixing.ordinaryUseOfQueued(activity, this);
  }

  @Override
  public final @Nullable Activity owner() {
    Activity asking = Activity.currentOrNull();
    int id = owner;
    return asking == null || id == FREE || id <= FREE_FOR_LISTS ? null : asking.machine().activity(Math.abs(id));
  }

  void checkOwner(Activity self) {
    if (owner != self.id()) {
      throw notOwned(self);
    }
  }

  private Error notOwned(Activity self) {
    if (owner == -self.id() && self.machine().verifies()) {
      return SpinLockMixing.ordinaryUseOfQueued(self, this);
    }
    Activity holder = owner();
    String text = self + " releases " + this + ", which " + (holder == null ? "nobody" : holder) + " owns";
    if (!self.machine().verifies()) {
      return Rule.SPIN_LOCK_NOT_OWNED.violated(self.machine(), text);
    }
    Rule rule = holder == null ? Rule.RELEASE_UNACQUIRED : Rule.RELEASE_BY_OTHER;
    return rule.violated(self.machine(), text, this);
  }

  /** Whoever holds another spin lock stays at DISPATCH_LEVEL. */
  static void checkLower(Activity self, Irql to, Object lock) {
    if (self.spinLocksHeld() > 1 && to.isBelow(DISPATCH_LEVEL)) {
      throw Rule.SPIN_LOCK_RECURSION.violated(
          self.machine(), "release of " + lock + " to " + to + " by " + self + ", which holds another spin lock");
    }
  }

  // the queue

  void checkQueuedUse(Activity self) {
    if (isOwnedBy(self)) {
      throw Rule.SPIN_LOCK_RECURSION.violated(self.machine(), self + " already owns " + this);
    }
    if (owner == UNINITIALIZED && self.machine().verifies()) {
      throw SpinLockMixing.uninitialized(self, this);
    }
  }

  void checkQueuedOwner(Activity self) {
    if (owner != -self.id()) {
      throw notOwned(self);
    }
  }

  @Nullable KLockQueueHandle exchangeTail(KLockQueueHandle handle) {
    return (KLockQueueHandle) TAIL.getAndSet(this, handle);
  }

  boolean removeLastFromQueue(KLockQueueHandle handle) {
    return TAIL.compareAndSet(this, handle, null);
  }

  /** The first of the queue takes the lock; without the verifier, from who took it with the ordinary routines. */
  void becomeQueuedOwner(Activity self) {
    while (!OWNER.compareAndSet(this, FREE, -self.id())
        && !OWNER.compareAndSet(this, FREE_AND_QUEUED, -self.id())
        && !OWNER.compareAndSet(this, UNINITIALIZED, -self.id())) {
      if (self.machine().verifies()) {
        throw SpinLockMixing.queuedUseOfOrdinary(self, this);
      }
      Thread.onSpinWait();
    }
  }

  void endQueuedOwnership(Activity self) {
    OWNER.setVolatile(this, self.machine().verifies() ? FREE_AND_QUEUED : FREE);
  }

  void take(Activity self, StepKind step) {
    if (Stepping.isOn() || !OWNER.compareAndSet(this, FREE, self.id())) {
      self.machine().spin(self, step, this);
    }
    took(self, true);
  }

  private void took(Activity self, boolean waited) {
    if (self.tookSpinLock(this, waited)) {
      acquired = true;
    }
  }

  void free(Activity self, StepKind step) {
    if (Stepping.isOn()) {
      self.machine().step(step, this);
    }
    self.gaveSpinLock(this);
    OWNER.setRelease(this, FREE);
  }

  /**
   * The executive's: masks interrupts and takes the lock for one interlocked routine, which is one step with this. A
   * lock that is used so is used in no other way.
   *
   * @return the IRQL on entry, for {@link #releaseMasked}
   */
  public final Irql acquireMasked(StepKind step) {
    Activity self = Activity.current();
    Irql old = self.irql();
    self.raise(Irql.HIGH_LEVEL);
    if (Stepping.isOn() || !takeMasked(self)) {
      self.machine().spin(self, step, new MaskedGate());
    }
    if (self.tookSpinLock(this, true) && acquired) {
      freeMasked(self);
      throw SpinLockMixing.listUseOfOther(self, this);
    }
    return old;
  }

  /** The executive's: gives the lock back and unmasks interrupts. */
  public final void releaseMasked(Irql old) {
    Activity self = Activity.current();
    freeMasked(self);
    self.lower(old);
  }

  private void freeMasked(Activity self) {
    self.gaveSpinLock(this);
    OWNER.setRelease(this, self.machine().verifies() ? FREE_FOR_LISTS : FREE);
  }

  private boolean takeMasked(Activity self) {
    return OWNER.compareAndSet(this, FREE_FOR_LISTS, self.id()) || OWNER.compareAndSet(this, FREE, self.id());
  }

  private boolean refuseMasked(Activity self) {
    int word = owner;
    checkNotOwner(self, word);
    if (word >= 0 || word == FREE_FOR_LISTS) {
      return false;
    }
    if (!self.machine().verifies()) {
      return word == UNINITIALIZED && OWNER.compareAndSet(this, word, self.id());
    }
    throw word == UNINITIALIZED ? SpinLockMixing.uninitialized(self, this) : SpinLockMixing.listUseOfOther(self, this);
  }

  private final class MaskedGate extends Gate {
    MaskedGate() {
      super(KSpinLock.this.name());
    }

    @Override
    public boolean passable(Activity activity) {
      return KSpinLock.this.passable(activity);
    }

    @Override
    public boolean tryPass(Activity activity) {
      return takeMasked(activity) || refuseMasked(activity);
    }

    @Override
    public KSpinLock subject() {
      return KSpinLock.this;
    }

    @Override
    public @Nullable Activity owner() {
      return KSpinLock.this.owner();
    }
  }

  @Override
  public String kindName() {
    return "KSPIN_LOCK";
  }

  @Override
  public String snapshot() {
    Activity holder = owner();
    return holder == null ? "-" : String.valueOf(holder.name());
  }
}
