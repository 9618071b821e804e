package org.cancelsafe.csq;

import static java.util.Objects.requireNonNull;

import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverCancel;
import org.cancelsafe.emu.io.IoStackLocation;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code IO_CSQ}: a queue whose IRPs can be cancelled at any moment.
 *
 * <p><b>Who owns an IRP.</b> Whoever exchanges its cancel routine for NULL and gets the routine back owns it: the one
 * who removes it, or {@code IoCancelIrp}. The exchange is made under the queue's lock, so a remover that loses it knows
 * that the library's cancel routine will take that lock later, and leaves the IRP linked for it. That is why an IRP
 * that is being cancelled is still in the structure and peeking must be able to go past it; why the decision never
 * rests on {@code Irp->Cancel}; and why nothing but the exchange is needed between this lock and the cancel spin lock,
 * which are never held together.
 *
 * <p>Inserting arms first and looks at {@code Irp->Cancel} second. In the other order a cancel between the two finds no
 * routine and is lost.
 *
 * <p>While an IRP is queued, {@code Tail.Overlay.DriverContext[3]} is the queue's: it leads the cancel routine, which
 * gets no more than a device and an IRP, to the context or else to the queue itself.
 *
 * <p>All routines but the initialisation: IRQL at most DISPATCH_LEVEL, unchanged on exit; no lock of the queue held;
 * bug check {@code 0xC4/0x20011} above DISPATCH_LEVEL.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/cancel-safe-irp-queues">Cancel-safe IRP
 *     queues</a>
 */
public final class IoCsq {
  private static final int CSQ_CONTEXT = 3;
  private static final DriverCancel CANCEL_ROUTINE = IoCsq::cancel;

  private @Nullable CsqCallbacks callbacks;
  private @Nullable CsqCallbacksEx callbacksEx;

  /** A queue that is not initialised yet. */
  public IoCsq() {}

  /**
   * {@code IoCsqInitialize}: fills in the dispatch table; calls none of it. IRQL: any.
   *
   * <p>Callbacks that are {@link CsqCallbacksEx} make an extended queue, as {@link #initializeEx} does: C's types would
   * not let them in here, and an insert callback that may decline is not to be passed by unnoticed.
   *
   * @return STATUS_SUCCESS
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocsqinitialize">
   *     IoCsqInitialize</a>
   */
  public NtStatus initialize(CsqCallbacks callbacks) {
    this.callbacks = requireNonNull(callbacks, "callbacks");
    this.callbacksEx = callbacks instanceof CsqCallbacksEx extended ? extended : null;
    return NtStatus.STATUS_SUCCESS;
  }

  /**
   * {@code IoCsqInitializeEx}: as {@link #initialize}, for a queue whose insert callback may decline. IRQL: any.
   *
   * @return STATUS_SUCCESS
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocsqinitializeex">
   *     IoCsqInitializeEx</a>
   */
  public NtStatus initializeEx(CsqCallbacksEx callbacks) {
    return initialize(callbacks);
  }

  /**
   * {@code IoCsqInsertIrp}: marks the IRP pending and queues it. Whoever calls this from a dispatch routine returns
   * STATUS_PENDING and does not touch the IRP again: it may be completed already, or cancelled inside this call.
   *
   * @param context to remove this very IRP by; null when that is not wanted
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocsqinsertirp">
   *     IoCsqInsertIrp</a>
   */
  public void insertIrp(Irp irp, @Nullable IoCsqIrpContext context) {
    insertIrpEx(irp, context, null);
  }

  /**
   * {@code IoCsqInsertIrpEx}: as {@link #insertIrp}, with word from the callback of an extended queue.
   *
   * @param insertContext for {@link CsqCallbacksEx#insertIrpEx}; ignored when the queue is not extended
   * @return what the callback returned: on an error code the IRP is neither queued nor marked pending, and still its
   *     caller's. STATUS_SUCCESS when the queue is not extended.
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocsqinsertirpex">
   *     IoCsqInsertIrpEx</a>
   */
  public NtStatus insertIrpEx(Irp irp, @Nullable IoCsqIrpContext context, @Nullable Object insertContext) {
    CsqCallbacks driver = driver();
    requireNonNull(irp, "irp");
    checkIrql("IoCsqInsertIrp");
    if (isQueued(irp)) {
      throw Rule.CORRUPT_LIST_ENTRY.violated(
          Activity.current().machine(), irp + " is inserted while it is in a queue", irp);
    }
    if (context != null) {
      context.associate(this, irp);
    }
    irp.setDriverContext(CSQ_CONTEXT, context != null ? context : this);
    NtStatus status;
    boolean cancelled = false;
    boolean queued = false;
    Irql irql;
    try {
      irql = driver.acquireLock(this);
    } catch (RuntimeException e) {
      breakAssociation(irp);
      throw e;
    }
    try {
      status = callInsert(driver, irp, insertContext);
      if (status.isSuccess()) {
        irp.markPending();
        irp.setCancelRoutine(CANCEL_ROUTINE);
        queued = true;
        if (irp.cancel() && irp.setCancelRoutine(null) != null) {
          remove(driver, irp);
          cancelled = true;
        }
      }
    } finally {
      if (!queued) {
        breakAssociation(irp);
      }
      driver.releaseLock(this, irql);
    }
    if (cancelled) {
      completeCancelled(driver, irp);
    }
    return status;
  }

  private NtStatus callInsert(CsqCallbacks driver, Irp irp, @Nullable Object insertContext) {
    CsqCallbacksEx driverEx = callbacksEx;
    if (driverEx != null) {
      return requireNonNull(driverEx.insertIrpEx(this, irp, insertContext), "what CsqInsertIrpEx returned");
    }
    driver.insertIrp(this, irp);
    return NtStatus.STATUS_SUCCESS;
  }

  /**
   * {@code IoCsqRemoveIrp}: removes the IRP that a context remembers.
   *
   * @return the IRP, now the caller's, with no cancel routine; null when it is not in the queue any more or is being
   *     cancelled
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocsqremoveirp">
   *     IoCsqRemoveIrp</a>
   */
  public @Nullable Irp removeIrp(IoCsqIrpContext context) {
    CsqCallbacks driver = driver();
    requireNonNull(context, "context");
    checkIrql("IoCsqRemoveIrp");
    Irql irql = driver.acquireLock(this);
    try {
      Irp irp = context.irpIn(this);
      if (irp == null || irp.setCancelRoutine(null) == null) {
        return null;
      }
      remove(driver, irp);
      return irp;
    } finally {
      driver.releaseLock(this, irql);
    }
  }

  /**
   * {@code IoCsqRemoveNextIrp}: removes the first matching IRP that is not being cancelled.
   *
   * @param peekContext for {@link CsqCallbacks#peekNextIrp}
   * @return the IRP, now the caller's, with no cancel routine; null when there is none. Its {@code Cancel} may be TRUE:
   *     the routine decides, not the flag.
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iocsqremovenextirp">
   *     IoCsqRemoveNextIrp</a>
   */
  public @Nullable Irp removeNextIrp(@Nullable Object peekContext) {
    CsqCallbacks driver = driver();
    checkIrql("IoCsqRemoveNextIrp");
    Irql irql = driver.acquireLock(this);
    try {
      Irp irp = driver.peekNextIrp(this, null, peekContext);
      while (irp != null && irp.setCancelRoutine(null) == null) {
        irp = driver.peekNextIrp(this, irp, peekContext);
      }
      if (irp != null) {
        remove(driver, irp);
      }
      return irp;
    } finally {
      driver.releaseLock(this, irql);
    }
  }

  /** Takes an IRP out whose exchange was won. When the driver's callback throws, the IRP is put back as it was. */
  private void remove(CsqCallbacks driver, Irp irp) {
    try {
      driver.removeIrp(this, irp);
    } catch (RuntimeException e) {
      irp.setCancelRoutine(CANCEL_ROUTINE);
      throw e;
    }
    breakAssociation(irp);
  }

  private void breakAssociation(Irp irp) {
    Object leading = irp.driverContext(CSQ_CONTEXT);
    if (leading != this && leading instanceof IoCsqIrpContext context) {
      context.dissociate();
    }
    irp.setDriverContext(CSQ_CONTEXT, null);
  }

  /** The library's cancel routine. Entered at DISPATCH_LEVEL with the cancel spin lock held. */
  private static void cancel(DeviceObject device, Irp irp) {
    irp.io().releaseCancelSpinLock(irp.cancelIrql());
    IoCsq csq = queueOf(irp);
    CsqCallbacks driver = csq.driver();
    Irql irql;
    try {
      irql = driver.acquireLock(csq);
    } catch (RuntimeException e) {
      irp.setCancelRoutine(CANCEL_ROUTINE);
      throw e;
    }
    try {
      csq.remove(driver, irp);
    } finally {
      driver.releaseLock(csq, irql);
    }
    csq.completeCancelled(driver, irp);
  }

  /**
   * When the driver's callback throws before it has completed the IRP, that is done for it: nobody else knows it. If
   * its stack location is no longer marked pending it has; to ask the IRP would be to touch it after completion.
   */
  private void completeCancelled(CsqCallbacks driver, Irp irp) {
    IoStackLocation location = irp.currentStackLocation();
    try {
      driver.completeCanceledIrp(this, irp);
    } catch (RuntimeException e) {
      if ((location.control() & IoStackLocation.SL_PENDING_RETURNED) != 0) {
        irp.setIoStatus(NtStatus.STATUS_CANCELLED, 0);
        irp.io().completeRequest(irp);
      }
      throw e;
    }
  }

  private static boolean isQueued(Irp irp) {
    Object leading = irp.driverContext(CSQ_CONTEXT);
    return leading instanceof IoCsq || leading instanceof IoCsqIrpContext;
  }

  private static IoCsq queueOf(Irp irp) {
    Object leading = irp.driverContext(CSQ_CONTEXT);
    IoCsq csq = leading instanceof IoCsqIrpContext context ? context.csq() : leading instanceof IoCsq it ? it : null;
    if (csq == null) {
      throw new IllegalStateException(
          "DriverContext[3] of " + irp + " does not lead to its queue: while an IRP is queued, it is the CSQ's");
    }
    return csq;
  }

  private CsqCallbacks driver() {
    CsqCallbacks driver = callbacks;
    if (driver == null) {
      throw new IllegalStateException("this IO_CSQ is not initialised: call initialize or initializeEx first");
    }
    return driver;
  }

  private static void checkIrql(String routine) {
    Activity self = Activity.current();
    if (self.isAbove(Irql.DISPATCH_LEVEL)) {
      throw Rule.IRQL_DISPATCH_LTE.violated(self.machine(), routine + " at " + self.irql(), self.irql().level());
    }
  }
}
