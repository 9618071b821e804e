package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;

import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code KLOCK_QUEUE_HANDLE}: a place in the queue for a spin lock, for one acquisition at a time.
 *
 * <p>The queue is the one of Mellor-Crummey and Scott (ACM TOCS 1991): who comes exchanges the lock's tail for its own
 * handle, links itself behind the one before, and spins on its own handle only; who goes hands the lock to the next
 * one. So the lock is granted in the order of the exchanges.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/queued-spin-locks">Queued spin locks</a>
 */
public final class KLockQueueHandle extends Gate {
  private @Nullable KSpinLock lock;
  private Irql oldIrql = Irql.PASSIVE_LEVEL;
  private volatile @Nullable KLockQueueHandle next;
  private volatile boolean granted;

  /** A handle that is not in use. */
  public KLockQueueHandle() {
    super(null);
  }

  void enter(KSpinLock wanted, Activity self, Irql old) {
    KSpinLock inUseFor = lock;
    if (inUseFor != null) {
      throw Rule.QUEUE_HANDLE_IN_USE.violated(
          self.machine(),
          "KeAcquireInStackQueuedSpinLock(" + wanted + ") by " + self + " with a handle that is in use for " + inUseFor,
          wanted);
    }
    wanted.checkQueuedUse(self);
    lock = wanted;
    oldIrql = old;
    self.machine().step(StepKind.ACQUIRE_QUEUED, wanted);
    KLockQueueHandle before = wanted.exchangeTail(this);
    if (before == null) {
      wanted.becomeQueuedOwner(self);
    } else {
      before.next = this;
      self.machine().spin(self, StepKind.WAIT_QUEUED, this);
      granted = false;
    }
    self.tookSpinLock(wanted, true);
  }

  private void leave(Activity self, String routine) {
    KSpinLock held = lock;
    if (held == null) {
      throw Rule.QUEUE_HANDLE_NOT_IN_USE.violated(
          self.machine(), routine + " by " + self + " with a handle that no lock was acquired with");
    }
    held.checkQueuedOwner(self);
    self.machine().step(StepKind.RELEASE_QUEUED, held);
    self.gaveSpinLock(held);
    held.endQueuedOwnership(self);
    if (next != null || !held.removeLastFromQueue(this)) {
      KLockQueueHandle successor = next;
      while (successor == null) { // it has exchanged the tail and is about to link itself
        Thread.onSpinWait();
        successor = next;
      }
      successor.granted = true;
    }
    next = null;
    lock = null;
  }

  /**
   * {@code KeReleaseInStackQueuedSpinLock}: gives the lock to the next in the queue, and restores the IRQL.
   *
   * <p>IRQL: DISPATCH_LEVEL on entry, on exit what it was when the lock was acquired. Bug checks: {@code 0xC4/0x32} at
   * another IRQL; {@code 0xC4/0x40007} when no lock was acquired with this handle; {@code 0xC4/0x1004} or {@code 0x10}
   * when somebody else acquired it.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereleaseinstackqueuedspinlock">
   *     KeReleaseInStackQueuedSpinLock</a>
   */
  public void releaseInStackQueued() {
    Activity self = Activity.current();
    if (!self.isAt(DISPATCH_LEVEL)) {
      throw Rule.RELEASE_NOT_AT_DISPATCH.violated(
          self.machine(), "KeReleaseInStackQueuedSpinLock(" + lock + ") at " + self.irql(), self.irql().level());
    }
    Irql old = oldIrql;
    KSpinLock.checkLower(self, old, "KeReleaseInStackQueuedSpinLock(" + lock + ")");
    leave(self, "KeReleaseInStackQueuedSpinLock");
    self.lower(old);
  }

  /**
   * {@code KeReleaseInStackQueuedSpinLockFromDpcLevel}: gives the lock to the next in the queue.
   *
   * <p>IRQL: at least DISPATCH_LEVEL, unchanged. Bug checks: {@code 0xC4/0x41} below; otherwise as {@link
   * #releaseInStackQueued}.
   *
   * @see <a
   *     href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereleaseinstackqueuedspinlockfromdpclevel">
   *     KeReleaseInStackQueuedSpinLockFromDpcLevel</a>
   */
  public void releaseInStackQueuedFromDpcLevel() {
    Activity self = Activity.current();
    if (!self.irql().ownsProcessor()) {
      throw Rule.RELEASE_FROM_DPC_BELOW_DISPATCH.violated(
          self.machine(),
          "KeReleaseInStackQueuedSpinLockFromDpcLevel(" + lock + ") at " + self.irql(),
          self.irql().level());
    }
    leave(self, "KeReleaseInStackQueuedSpinLockFromDpcLevel");
  }

  /**
   * {@code KeReleaseInStackQueuedSpinLockForDpc}: gives the lock to the next in the queue, and restores the IRQL.
   *
   * <p>IRQL: DISPATCH_LEVEL on entry, on exit what it was when the lock was acquired. Bug checks: as {@link
   * #releaseInStackQueued}.
   *
   * @see <a
   *     href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kereleaseinstackqueuedspinlockfordpc">
   *     KeReleaseInStackQueuedSpinLockForDpc</a>
   */
  public void releaseInStackQueuedForDpc() {
    releaseInStackQueued();
  }

  /** {@code OldIrql}: what {@link #releaseInStackQueued} restores. */
  public Irql oldIrql() {
    return oldIrql;
  }

  /** Who comes next in the queue, as far as is known yet. */
  @Nullable KLockQueueHandle next() {
    return next;
  }

  @Override
  public boolean passable(Activity activity) {
    return granted;
  }

  @Override
  public boolean tryPass(Activity activity) {
    KSpinLock wanted = lock;
    if (!granted || wanted == null) {
      return false;
    }
    wanted.becomeQueuedOwner(activity);
    return true;
  }

  @Override
  public @Nullable Activity owner() {
    KSpinLock wanted = lock;
    return wanted == null ? null : wanted.owner();
  }

  @Override
  public MachineObject subject() {
    KSpinLock wanted = lock;
    return wanted == null ? this : wanted;
  }

  @Override
  public String toString() {
    return String.valueOf(lock);
  }
}
