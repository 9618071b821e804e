package org.cancelsafe.emu.ke;

import java.util.List;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code KMUTEX}: owned by one thread, which may acquire it again; it is acquired by waiting for it. While a thread
 * owns it, normal kernel APCs are disabled, and the thread may not end: {@code 0x4000008A}, or {@code 0x39} when the
 * routine of a work item returns. Only {@linkplain #ofUserMode a user's mutex} can be abandoned.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/mutex-objects">Mutex objects</a>
 */
public final class KMutex extends DispatcherObject {
  private static final int FREE = 1;

  /** {@code ApcDisable}: a driver's own, not a user's. */
  private final boolean apcDisable;

  private int state = FREE;
  private @Nullable Activity holder;
  private @Nullable Activity lastHolder;
  private boolean abandoned;

  /** {@code KeInitializeMutex}: a free mutex; the level of the routine is reserved. */
  public KMutex(@Nullable String name) {
    this(name, true);
  }

  private KMutex(@Nullable String name, boolean apcDisable) {
    super(name);
    this.apcDisable = apcDisable;
  }

  /**
   * A mutex that a user's program has made, to which a driver has come by its handle. To own it disables no APCs, and
   * when its owner ends, the next one to wait is told that it was abandoned.
   */
  public static KMutex ofUserMode(@Nullable String name) {
    return new KMutex(name, false);
  }

  @Override
  boolean isSignaledFor(Activity activity) {
    return state == FREE || holder == activity;
  }

  @Override
  boolean acquire(Activity activity) {
    state--;
    if (holder != activity) {
      holder = activity;
      if (apcDisable) {
        activity.disableKernelApcs();
      }
      if (lastHolder != activity) {
        activity.atEnd(this::ownerEnds);
      }
      lastHolder = activity;
    }
    boolean was = abandoned;
    abandoned = false;
    return was;
  }

  private void ownerEnds() {
    Activity self = Activity.current();
    if (holder != self) {
      return;
    }
    if (apcDisable) {
      throw ownedAtEnd(self);
    }
    self.machine().step(StepKind.RELEASE_MUTEX, this);
    List<WaitBlock> released;
    synchronized (WaitBlock.DISPATCHER_LOCK) {
      abandoned = true;
      released = free(self);
    }
    self.machine().outcome("abandoned");
    wake(self.machine(), released);
  }

  private BugCheck ownedAtEnd(Activity self) {
    MachineObject item = self.workItem();
    if (item != null) {
      return Rule.WORKER_RETURNED_OWNING_MUTEX.violated(
          self.machine(), "the routine of " + item + " returned, and owns " + this, item, this);
    }
    return Rule.THREAD_ENDED_OWNING_MUTEX.violated(self.machine(), self + " ended, and owns " + this, self, this);
  }

  private List<WaitBlock> free(Activity self) {
    state = FREE;
    holder = null;
    if (apcDisable) {
      self.enableKernelApcs();
    }
    return handOver();
  }

  /**
   * {@code KeReleaseMutex} with {@code Wait} FALSE: gives the mutex back, once.
   *
   * <p>IRQL: at most DISPATCH_LEVEL. Bug check: {@code 0xC4/0x20011} above.
   *
   * @return 0 when the mutex is free now; below 0 when the caller, who acquired it more often, still owns it
   * @throws IllegalStateException STATUS_MUTANT_NOT_OWNED
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereleasemutex">
   *     KeReleaseMutex</a>
   */
  public int release() {
    Activity self = Waits.atMostAtDispatch("KeReleaseMutex", this);
    self.machine().step(StepKind.RELEASE_MUTEX, this);
    int before;
    List<WaitBlock> released = List.of();
    synchronized (WaitBlock.DISPATCHER_LOCK) {
      if (holder != self) {
        throw new IllegalStateException(
            "STATUS_MUTANT_NOT_OWNED: " + self + " releases " + this + ", which "
                + (holder == null ? "nobody" : holder) + " owns");
      }
      before = state++;
      if (state == FREE) {
        released = free(self);
      }
    }
    self.machine().outcome(before);
    wake(self.machine(), released);
    return before;
  }

  /**
   * {@code KeReleaseMutex}; with {@code wait} the IRQL stays raised until the wait that has to follow.
   *
   * <p>IRQL: at most DISPATCH_LEVEL; with {@code wait} at most APC_LEVEL on entry and DISPATCH_LEVEL on exit.
   *
   * @param wait whether the caller will wait next
   * @return as {@link #release()}
   * @throws IllegalStateException STATUS_MUTANT_NOT_OWNED
   */
  public int release(boolean wait) {
    return wait ? Waits.raisedUntilWait("KeReleaseMutex(" + this + ", Wait)", () -> release()) : release();
  }

  /** {@code KeReadStateMutex}: 1 while the mutex is free, 0 or less while it is owned. IRQL: at most DISPATCH_LEVEL. */
  public int readState() {
    Activity self = Activity.current();
    self.machine().preemptionPoint(self);
    self.machine().step(StepKind.READ, this);
    int now = state;
    self.machine().outcome(now);
    return now;
  }

  @Override
  public @Nullable Activity owner() {
    return holder;
  }

  @Override
  public String kindName() {
    return "KMUTEX";
  }

  @Override
  public String snapshot() {
    Activity owner = holder;
    return owner == null ? "-" : String.valueOf(owner.name());
  }
}
