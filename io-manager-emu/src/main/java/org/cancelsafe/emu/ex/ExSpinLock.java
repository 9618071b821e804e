package org.cancelsafe.emu.ex;

import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code EX_SPIN_LOCK}: a spin lock that many readers hold together or one writer alone. A writer that waits lets no
 * new reader in. It needs no initialisation but zero.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/reader-writer-spin-locks">
 *     Reader/writer spin locks</a>
 */
public final class ExSpinLock extends MachineObject {
  private final Gate shared = new SharedGate();
  private final Gate exclusive = new ExclusiveGate();
  private final Set<Activity> holders = ConcurrentHashMap.newKeySet();
  private int readers;
  private int waitingWriters;
  private boolean written;

  /** A free lock with a name for traces. */
  public ExSpinLock(@Nullable String name) {
    super(name);
  }

  private abstract class LockGate extends Gate {
    LockGate() {
      super(null);
    }

    @Override
    public MachineObject subject() {
      return ExSpinLock.this;
    }

    @Override
    public @Nullable Activity owner() {
      return holders.stream().findFirst().orElse(null);
    }

    @Override
    public String toString() {
      return ExSpinLock.this.toString();
    }
  }

  private final class SharedGate extends LockGate {
    @Override
    public boolean passable(Activity activity) {
      synchronized (ExSpinLock.this) {
        return !written && waitingWriters == 0;
      }
    }

    @Override
    public boolean tryPass(Activity activity) {
      synchronized (ExSpinLock.this) {
        if (written || waitingWriters > 0) {
          return false;
        }
        readers++;
        holders.add(activity);
        return true;
      }
    }
  }

  private final class ExclusiveGate extends LockGate {
    @Override
    public boolean passable(Activity activity) {
      synchronized (ExSpinLock.this) {
        return !written && readers == 0;
      }
    }

    /** A writer that waits. */
    @Override
    public boolean tryPass(Activity activity) {
      synchronized (ExSpinLock.this) {
        if (written || readers > 0) {
          return false;
        }
        waitingWriters--;
        written = true;
        holders.add(activity);
        return true;
      }
    }
  }

  /**
   * {@code ExAcquireSpinLockShared}: raises to DISPATCH_LEVEL and takes the lock with other readers.
   *
   * <p>IRQL: at most DISPATCH_LEVEL on entry, DISPATCH_LEVEL on exit. Bug checks: {@code 0xC4/0x42} above; {@code 0xF}
   * when the caller holds the lock, shared or not.
   *
   * @return the IRQL on entry, for {@link #releaseShared}
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exacquirespinlockshared">
   *     ExAcquireSpinLockShared</a>
   */
  public Irql acquireShared() {
    Activity self = Activity.current();
    Irql old = checkAtMostDispatch(self);
    self.raise(DISPATCH_LEVEL);
    takeShared(self);
    return old;
  }

  /**
   * {@code ExAcquireSpinLockSharedAtDpcLevel}: takes the lock with other readers.
   *
   * <p>IRQL: at least DISPATCH_LEVEL, unchanged. Bug checks: {@code 0xC4/0x40} below; {@code 0xF} when the caller holds
   * the lock.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exacquirespinlocksharedatdpclevel">
   *     ExAcquireSpinLockSharedAtDpcLevel</a>
   */
  public void acquireSharedAtDpcLevel() {
    takeShared(checkAtLeastDispatch());
  }

  private void takeShared(Activity self) {
    checkNotHeld(self);
    self.machine().spin(self, StepKind.ACQUIRE_SHARED, shared);
    self.tookSpinLock(this, true);
  }

  /**
   * {@code ExAcquireSpinLockExclusive}: raises to DISPATCH_LEVEL and takes the lock alone; from now on no new reader is
   * let in.
   *
   * <p>IRQL: at most DISPATCH_LEVEL on entry, DISPATCH_LEVEL on exit. Bug checks: as {@link #acquireShared}.
   *
   * @return the IRQL on entry, for {@link #releaseExclusive}
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exacquirespinlockexclusive">
   *     ExAcquireSpinLockExclusive</a>
   */
  public Irql acquireExclusive() {
    Activity self = Activity.current();
    Irql old = checkAtMostDispatch(self);
    self.raise(DISPATCH_LEVEL);
    takeExclusive(self);
    return old;
  }

  /**
   * {@code ExAcquireSpinLockExclusiveAtDpcLevel}: takes the lock alone.
   *
   * <p>IRQL: at least DISPATCH_LEVEL, unchanged. Bug checks: as {@link #acquireSharedAtDpcLevel}.
   *
   * @see <a
   *     href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exacquirespinlockexclusiveatdpclevel">
   *     ExAcquireSpinLockExclusiveAtDpcLevel</a>
   */
  public void acquireExclusiveAtDpcLevel() {
    takeExclusive(checkAtLeastDispatch());
  }

  private void takeExclusive(Activity self) {
    checkNotHeld(self);
    self.machine().step(StepKind.ACQUIRE_EXCLUSIVE, this);
    synchronized (this) {
      waitingWriters++;
    }
    if (!exclusive.tryPass(self)) {
      self.machine().spin(self, StepKind.WAIT_EXCLUSIVE, exclusive);
    }
    self.tookSpinLock(this, true);
  }

  /**
   * {@code ExReleaseSpinLockShared}: gives the lock back and restores the IRQL.
   *
   * <p>IRQL: DISPATCH_LEVEL on entry, {@code oldIrql} on exit. Bug checks: {@code 0xC4/0x32} at another IRQL; {@code
   * 0xC4/0x1007} or {@code 0x10} when the caller does not hold it; {@code 0xF} when that lowers the IRQL below
   * DISPATCH_LEVEL while the caller holds another spin lock.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exreleasespinlockshared">
   *     ExReleaseSpinLockShared</a>
   */
  public void releaseShared(Irql oldIrql) {
    Activity self = checkRelease(oldIrql);
    giveShared(self);
    self.lower(oldIrql);
  }

  /** {@code ExReleaseSpinLockSharedFromDpcLevel}: gives the lock back. IRQL: at least DISPATCH_LEVEL, unchanged. */
  public void releaseSharedFromDpcLevel() {
    giveShared(checkReleaseFromDpcLevel());
  }

  private void giveShared(Activity self) {
    checkHeld(self, false);
    self.machine().step(StepKind.RELEASE_SHARED, this);
    self.gaveSpinLock(this);
    synchronized (this) {
      readers--;
      holders.remove(self);
    }
  }

  /**
   * {@code ExReleaseSpinLockExclusive}: gives the lock back and restores the IRQL.
   *
   * <p>IRQL: DISPATCH_LEVEL on entry, {@code oldIrql} on exit. Bug checks: as {@link #releaseShared}.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-exreleasespinlockexclusive">
   *     ExReleaseSpinLockExclusive</a>
   */
  public void releaseExclusive(Irql oldIrql) {
    Activity self = checkRelease(oldIrql);
    giveExclusive(self);
    self.lower(oldIrql);
  }

  /** {@code ExReleaseSpinLockExclusiveFromDpcLevel}: gives the lock back. IRQL: at least DISPATCH_LEVEL, unchanged. */
  public void releaseExclusiveFromDpcLevel() {
    giveExclusive(checkReleaseFromDpcLevel());
  }

  private void giveExclusive(Activity self) {
    checkHeld(self, true);
    self.machine().step(StepKind.RELEASE_EXCLUSIVE, this);
    self.gaveSpinLock(this);
    synchronized (this) {
      written = false;
      holders.remove(self);
    }
  }

  /**
   * {@code ExTryConvertSharedSpinLockExclusive}: makes the caller, who holds the lock shared, its only holder.
   *
   * <p>IRQL: DISPATCH_LEVEL, unchanged; the lock is then released with {@link #releaseExclusive}.
   *
   * @return false, and the lock is still held shared, when another reader holds it or a writer waits
   * @see <a
   *     href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-extryconvertsharedspinlockexclusive">
   *     ExTryConvertSharedSpinLockExclusive</a>
   */
  public boolean tryConvertSharedExclusive() {
    Activity self = checkAtLeastDispatch();
    checkHeld(self, false);
    self.machine().step(StepKind.TRY_SPIN_LOCK, this, "ExTryConvertSharedSpinLockExclusive");
    boolean converted;
    synchronized (this) {
      converted = readers == 1 && waitingWriters == 0;
      if (converted) {
        readers = 0;
        written = true;
      }
    }
    self.machine().outcome(converted);
    return converted;
  }

  /**
   * {@code ExTryAcquireSpinLockSharedAtDpcLevel}: takes the lock with other readers if no writer, be it the caller,
   * holds it or waits.
   *
   * <p>IRQL: at least DISPATCH_LEVEL, unchanged. Bug check: {@code 0xF} when the caller is one of the readers.
   */
  public boolean tryAcquireSharedAtDpcLevel() {
    Activity self = checkAtLeastDispatch();
    if (!isWritten()) {
      checkNotHeld(self);
    }
    self.machine().step(StepKind.TRY_SPIN_LOCK, this, "ExTryAcquireSpinLockSharedAtDpcLevel");
    return took(self, shared.tryPass(self));
  }

  /**
   * {@code ExTryAcquireSpinLockExclusiveAtDpcLevel}: takes the lock alone if nobody holds it, not even the caller.
   *
   * <p>IRQL: at least DISPATCH_LEVEL, unchanged.
   */
  public boolean tryAcquireExclusiveAtDpcLevel() {
    Activity self = checkAtLeastDispatch();
    self.machine().step(StepKind.TRY_SPIN_LOCK, this, "ExTryAcquireSpinLockExclusiveAtDpcLevel");
    boolean taken;
    synchronized (this) {
      taken = !written && readers == 0;
      if (taken) {
        written = true;
        holders.add(self);
      }
    }
    return took(self, taken);
  }

  private boolean took(Activity self, boolean taken) {
    if (taken) {
      self.tookSpinLock(this, false);
    }
    self.machine().outcome(taken);
    return taken;
  }

  private Irql checkAtMostDispatch(Activity self) {
    Irql old = self.irql();
    if (old.isAbove(DISPATCH_LEVEL)) {
      throw Rule.ACQUIRE_ABOVE_DISPATCH.violated(
          self.machine(), "acquire of " + this + " at " + old, old.level(), this);
    }
    return old;
  }

  private Activity checkAtLeastDispatch() {
    Activity self = Activity.current();
    if (!self.irql().ownsProcessor()) {
      throw Rule.ACQUIRE_AT_DPC_BELOW_DISPATCH.violated(
          self.machine(), "acquire of " + this + " at DPC level at " + self.irql(), self.irql().level(), this);
    }
    return self;
  }

  private synchronized boolean isWritten() {
    return written;
  }

  private void checkNotHeld(Activity self) {
    if (holders.contains(self)) {
      throw Rule.SPIN_LOCK_RECURSION.violated(self.machine(), self + " already holds " + this, this);
    }
  }

  private Activity checkRelease(Irql oldIrql) {
    Activity self = Activity.current();
    if (!self.isAt(DISPATCH_LEVEL)) {
      throw Rule.RELEASE_NOT_AT_DISPATCH.violated(
          self.machine(), "release of " + this + " at " + self.irql(), self.irql().level(), this);
    }
    if (oldIrql.isAbove(DISPATCH_LEVEL)) {
      throw Rule.LOWER_TO_HIGHER.violated(
          self.machine(), "release of " + this + " to " + oldIrql, DISPATCH_LEVEL.level(), oldIrql.level());
    }
    if (self.spinLocksHeld() > 1 && oldIrql.isBelow(DISPATCH_LEVEL)) {
      throw Rule.SPIN_LOCK_RECURSION.violated(
          self.machine(), "release of " + this + " to " + oldIrql + " by " + self + ", which holds another spin lock");
    }
    return self;
  }

  private Activity checkReleaseFromDpcLevel() {
    Activity self = Activity.current();
    if (!self.irql().ownsProcessor()) {
      throw Rule.RELEASE_FROM_DPC_BELOW_DISPATCH.violated(
          self.machine(), "release of " + this + " from DPC level at " + self.irql(), self.irql().level(), this);
    }
    return self;
  }

  private synchronized void checkHeld(Activity self, boolean exclusively) {
    if (holders.contains(self) && written == exclusively) {
      return;
    }
    String text = self + " does not hold " + this + (exclusively ? " exclusively" : " shared");
    if (!self.machine().verifies()) {
      throw Rule.SPIN_LOCK_NOT_OWNED.violated(self.machine(), text);
    }
    throw Rule.RELEASE_UNACQUIRED.violated(self.machine(), text, this);
  }

  @Override
  public String kindName() {
    return "EX_SPIN_LOCK";
  }

  @Override
  public synchronized String snapshot() {
    return (written ? "written" : readers == 0 ? "-" : readers + " reading") + (waitingWriters > 0 ? "+writer" : "");
  }
}
