package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.Seam;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link KSpinLock} is in memory: how it is taken and given back, by whom and in which of its uses.
 *
 * <p>The word holds the number of the owning activity. It is taken with one compare-and-swap and given back with a
 * release store, which needs no fence: whoever takes the lock next sees what was written under it, and nobody relies on
 * a release being seen at once. Whoever came through the queue of handles is there with a minus sign, so that the
 * ordinary routines, which the two words below keep out too, find somebody else's lock and look closer.
 */
abstract class SpinLockWord extends Gate {
  private static final int FREE = 0;
  private static final int FREE_AND_QUEUED = Integer.MIN_VALUE;
  private static final int UNINITIALIZED = Integer.MIN_VALUE + 1;

  /** Free, but not for {@link #acquire}: the lock of interlocked lists. No short way leads there. */
  private static final int FREE_FOR_LISTS = Integer.MIN_VALUE + 2;

  private static final VarHandle OWNER;
  private static final VarHandle TAIL;

  static {
    try {
      OWNER = MethodHandles.lookup().findVarHandle(SpinLockWord.class, "owner", int.class);
      TAIL = MethodHandles.lookup().findVarHandle(SpinLockWord.class, "tail", KLockQueueHandle.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private int owner;
  private boolean acquired;
  private volatile @Nullable KLockQueueHandle tail;
  private volatile long contentions;

  SpinLockWord(@Nullable String name) {
    super(name);
  }

  final void makeUninitialized() {
    owner = UNINITIALIZED;
  }

  /** Makes it free; false where it was initialised before and the machine verifies. */
  final boolean becomeInitialized(Activity self) {
    if (OWNER.compareAndSet(this, UNINITIALIZED, FREE)) {
      return true;
    }
    if (self.machine().verifies()) {
      return false;
    }
    OWNER.setVolatile(this, FREE);
    return true;
  }

  final boolean isFree() {
    int word = (int) OWNER.getVolatile(this);
    return word == FREE || word == FREE_AND_QUEUED;
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

  /** Looks before it swaps: who spins and swaps takes the word's cache line from the owner, who is to give it back. */
  @Override
  public final boolean tryPass(Activity activity) {
    boolean free = (int) OWNER.getAcquire(this) == FREE;
    return free && OWNER.compareAndSet(this, FREE, activity.id()) || refuse(activity);
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
    boolean open = Seam.isOpen();
    if (open || !OWNER.compareAndSet(this, FREE, self.id())) {
      self.machine().spin(self, step, this);
    }
    if (open) {
      took(self, true);
    }
  }

  final boolean tryToTake(Activity self) {
    boolean taken = OWNER.compareAndSet(this, FREE, self.id());
    if (taken && Seam.isOpen()) {
      took(self, false);
    }
    return taken;
  }

  private void took(Activity self, boolean waited) {
    if (self.tookSpinLock(this, waited)) {
      acquired = true;
    }
  }

  void free(Activity self, StepKind step) {
    if (Seam.isOpen()) {
      tellOfFree(self, step);
    }
    makeFree();
  }

  /** Behind the seam: the lock is about to be given back. */
  final void tellOfFree(Activity self, StepKind step) {
    self.machine().step(step, this);
    self.gaveSpinLock(this);
  }

  final void makeFree() {
    OWNER.setRelease(this, FREE);
  }

  /**
   * The executive's: masks interrupts and takes the lock for one interlocked routine, which is one step with this. A
   * lock that is used so is used in no other way.
   *
   * @param guarded what the routine changes, which others may read without the lock
   * @return the IRQL on entry, for {@link #releaseMasked}
   */
  public final Irql acquireMasked(StepKind step, MachineObject guarded) {
    Activity self = Activity.current();
    Irql old = self.irql();
    self.raise(Irql.HIGH_LEVEL);
    if (Seam.isOpen() || !takeMasked(self)) {
      self.machine().spin(self, step, new MaskedGate(guarded));
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
    private final MachineObject guarded;

    MaskedGate(MachineObject guarded) {
      super(SpinLockWord.this.name());
      this.guarded = guarded;
    }

    @Override
    public boolean passable(Activity activity) {
      return SpinLockWord.this.passable(activity);
    }

    @Override
    public boolean tryPass(Activity activity) {
      return takeMasked(activity) || refuseMasked(activity);
    }

    @Override
    public SpinLockWord subject() {
      return SpinLockWord.this;
    }

    @Override
    public MachineObject alsoChanges() {
      return guarded;
    }

    @Override
    public @Nullable Activity owner() {
      return SpinLockWord.this.owner();
    }
  }

  @Override
  public String snapshot() {
    Activity holder = owner();
    return holder == null ? "-" : String.valueOf(holder.name());
  }
}
