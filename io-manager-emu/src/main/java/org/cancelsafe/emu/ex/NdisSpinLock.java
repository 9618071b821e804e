package org.cancelsafe.emu.ex;

import static org.cancelsafe.emu.machine.Irql.PASSIVE_LEVEL;

import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.jspecify.annotations.Nullable;

/**
 * {@code NDIS_SPIN_LOCK}: an executive spin lock that remembers the IRQL at which it was acquired.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/ndis/nf-ndis-ndisallocatespinlock">
 *     NdisAllocateSpinLock</a>
 */
public final class NdisSpinLock {
  private final KSpinLock lock;
  private Irql oldIrql = PASSIVE_LEVEL;

  /** {@code NdisAllocateSpinLock}: a free lock with a name for traces. */
  public NdisSpinLock(@Nullable String name) {
    lock = new KSpinLock(name);
  }

  /**
   * {@code NdisAcquireSpinLock}: raises to DISPATCH_LEVEL and takes the lock.
   *
   * <p>IRQL: at most DISPATCH_LEVEL on entry, DISPATCH_LEVEL on exit. Bug checks: as {@link KSpinLock#acquire()}.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/ndis/nf-ndis-ndisacquirespinlock">
   *     NdisAcquireSpinLock</a>
   */
  public void acquire() {
    Irql before = lock.acquire();
    oldIrql = before;
  }

  /**
   * {@code NdisReleaseSpinLock}: gives the lock back and restores the IRQL at which it was acquired.
   *
   * <p>IRQL: DISPATCH_LEVEL on entry. Bug checks: as {@link KSpinLock#release(Irql)}.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/ndis/nf-ndis-ndisreleasespinlock">
   *     NdisReleaseSpinLock</a>
   */
  public void release() {
    lock.release(oldIrql);
  }

  /** {@code NdisDprAcquireSpinLock}: takes the lock for a caller who runs at DISPATCH_LEVEL anyway. */
  public void dprAcquire() {
    lock.acquireAtDpcLevel();
  }

  /** {@code NdisDprReleaseSpinLock}: gives the lock back, the IRQL unchanged. */
  public void dprRelease() {
    lock.releaseFromDpcLevel();
  }

  KSpinLock kernelLock() {
    return lock;
  }

  @Override
  public String toString() {
    return lock.toString();
  }
}
