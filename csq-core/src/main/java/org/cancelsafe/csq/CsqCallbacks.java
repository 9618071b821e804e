package org.cancelsafe.csq;

import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Irql;
import org.jspecify.annotations.Nullable;

/**
 * What a driver brings to a cancel-safe queue: a structure to hold the IRPs, a lock to guard it, and a way to complete
 * what was cancelled. All of them work at any IRQL up to DISPATCH_LEVEL at which the queue is used. Insert, remove and
 * peek are called with the lock held, so they complete nothing and call nobody else.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/cancel-safe-irp-queues">Cancel-safe IRP
 *     queues</a>
 */
public interface CsqCallbacks {
  /** {@code CsqInsertIrp}: puts the IRP into the driver's structure. Called with the lock held. */
  void insertIrp(IoCsq csq, Irp irp);

  /** {@code CsqRemoveIrp}: takes the IRP out of the driver's structure. Called with the lock held. */
  void removeIrp(IoCsq csq, Irp irp);

  /**
   * {@code CsqPeekNextIrp}: finds an IRP without removing it. Called with the lock held.
   *
   * @param irp the IRP to search after; null to search from the beginning
   * @param peekContext what {@link IoCsq#removeNextIrp} was given, for the driver to interpret
   * @return the first match after {@code irp}, or null
   */
  @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext);

  /**
   * {@code CsqAcquireLock}: takes the lock.
   *
   * @return what {@link #releaseLock} is to be given: for a spin lock, the IRQL before
   */
  Irql acquireLock(IoCsq csq);

  /**
   * {@code CsqReleaseLock}: gives the lock back.
   *
   * @param irql what {@link #acquireLock} returned
   */
  void releaseLock(IoCsq csq, Irql irql);

  /**
   * {@code CsqCompleteCanceledIrp}: completes an IRP with STATUS_CANCELLED. It was taken out of the queue already, and
   * no lock is held.
   */
  void completeCanceledIrp(IoCsq csq, Irp irp);
}
