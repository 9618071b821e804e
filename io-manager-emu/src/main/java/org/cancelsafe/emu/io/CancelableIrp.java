package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.machine.StepKind.EXCHANGE_CANCEL_ROUTINE;
import static org.cancelsafe.emu.machine.StepKind.READ_CANCEL;
import static org.cancelsafe.emu.machine.StepKind.READ_CANCEL_ROUTINE;
import static org.cancelsafe.emu.machine.StepKind.WRITE_CANCEL;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Seam;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * How an IRP is cancelled.
 *
 * <p><b>The exchange.</b> Who sets {@code CancelRoutine} and then reads {@code Cancel}, and who sets {@code Cancel} and
 * then exchanges {@code CancelRoutine}, cannot both miss the other, and no fence but the two exchanges is needed. Both
 * exchange the same word, so one of them comes second and sees what the first wrote there. If the canceller comes
 * second it gets the routine. If it comes first, its write of {@code Cancel} is ordered before its exchange, the
 * other's exchange reads from it, and the read of {@code Cancel} after that sees TRUE. So {@code Cancel} is written
 * with a release and read with an acquire.
 */
abstract class CancelableIrp extends StackedIrp {
  private static final VarHandle CANCEL_ROUTINE;
  private static final VarHandle CANCEL;

  static {
    try {
      CANCEL_ROUTINE = MethodHandles.lookup().findVarHandle(CancelableIrp.class, "cancelRoutine", DriverCancel.class);
      CANCEL = MethodHandles.lookup().findVarHandle(CancelableIrp.class, "cancel", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile @Nullable DriverCancel cancelRoutine;
  private volatile boolean cancel;
  private byte cancelIrql;

  CancelableIrp(IoManager io, int number, int stackSize) {
    super(io, number, stackSize);
  }

  /**
   * {@code IoSetCancelRoutine}: exchanges the cancel routine, atomically.
   *
   * <p>IRQL: at most DISPATCH_LEVEL. Locks: the cancel spin lock where the I/O manager's device queues are used,
   * otherwise the queue's own.
   *
   * @param routine the new routine; null makes the IRP not cancelable
   * @return the routine before; null when there was none, or when {@link IoManager#cancelIrp} took it and is about to
   *     call it or has called it
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-iosetcancelroutine">
   *     IoSetCancelRoutine</a>
   */
  public final @Nullable DriverCancel setCancelRoutine(@Nullable DriverCancel routine) {
    boolean open = Seam.isOpen();
    if (open) {
      step(EXCHANGE_CANCEL_ROUTINE, routine == null ? "NULL" : "CR");
    }
    checkAliveInStep("IoSetCancelRoutine");
    if (open) {
      watchArming(routine != null);
    }
    DriverCancel old = (DriverCancel) CANCEL_ROUTINE.getAndSet(this, routine);
    if (open) {
      outcome(old == null ? "NULL" : "CR");
    }
    return old;
  }

  private void watchArming(boolean arms) {
    if (arms) {
      checkNotBelow();
      armed();
    } else {
      tested();
    }
  }

  private void checkNotBelow() {
    DispatchCheck check = currentCheck();
    if (check != null && check.isBelow(Activity.current())) {
      throw Rule.CANCEL_ROUTINE_ON_IRP_BELOW.violated(
          machine(), "a cancel routine is set on " + this + ", which " + currentDevice() + " has", this);
    }
  }

  /** {@code Irp->CancelRoutine}. */
  public final @Nullable DriverCancel cancelRoutine() {
    boolean open = Seam.isOpen();
    if (open) {
      step(READ_CANCEL_ROUTINE, null);
    }
    checkAliveInStep("read of CancelRoutine");
    DriverCancel routine = cancelRoutine;
    if (open) {
      outcome(routine == null ? "NULL" : "CR");
    }
    return routine;
  }

  /** {@code Irp->Cancel}: whether the IRP is, or should be, cancelled. */
  public final boolean cancel() {
    boolean open = Seam.isOpen();
    if (open) {
      step(READ_CANCEL, null);
    }
    checkAliveInStep("read of Cancel");
    boolean value = cancel;
    if (open) {
      tested();
      outcome(value ? "TRUE" : "FALSE");
    }
    return value;
  }

  /** IoCancelIrp's: the requester may still hold an IRP that was completed, though not one that was freed. */
  final void setCancel() {
    boolean open = Seam.isOpen();
    if (open) {
      step(WRITE_CANCEL, null);
    }
    checkNotFreed("IoCancelIrp");
    if (open) {
      cancelled();
    }
    CANCEL.setRelease(this, true);
  }

  /** IoCancelIrp's: takes the cancel routine. */
  final @Nullable DriverCancel takeCancelRoutine() {
    boolean open = Seam.isOpen();
    if (open) {
      step(EXCHANGE_CANCEL_ROUTINE, "NULL");
    }
    checkNotFreed("IoCancelIrp");
    DriverCancel routine = (DriverCancel) CANCEL_ROUTINE.getAndSet(this, null);
    if (open) {
      tested();
      outcome(routine == null ? "NULL" : "CR");
    }
    return routine;
  }

  /** {@code Irp->CancelIrql}: what a cancel routine passes to {@link IoManager#releaseCancelSpinLock}. */
  public final Irql cancelIrql() {
    checkAlive("read of CancelIrql");
    return Irql.of(cancelIrql);
  }

  final void setCancelIrql(Irql irql) {
    cancelIrql = (byte) irql.level();
  }

  final boolean isCancelSet() {
    return cancel;
  }

  final boolean hasCancelRoutine() {
    return cancelRoutine != null;
  }

  final void resetCancel() {
    CANCEL.setRelease(this, false);
  }
}
