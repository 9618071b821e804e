package org.cancelsafe.testkit;

import org.cancelsafe.csq.CsqCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Irql;
import org.jspecify.annotations.Nullable;

/**
 * Callbacks that pass everything on, and end a removal that would go round for ever under the lock because a peek does
 * not get past an IRP that is being cancelled.
 */
class BoundedPeeks implements CsqCallbacks {
  private static final int MOST_PEEKS = 1_000;

  private final CsqCallbacks callbacks;
  private int peeks;

  BoundedPeeks(CsqCallbacks callbacks) {
    this.callbacks = callbacks;
  }

  @Override
  public void insertIrp(IoCsq csq, Irp irp) {
    callbacks.insertIrp(csq, irp);
  }

  @Override
  public void removeIrp(IoCsq csq, Irp irp) {
    callbacks.removeIrp(csq, irp);
  }

  @Override
  public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
    peeks = irp == null ? 1 : peeks + 1;
    if (peeks > MOST_PEEKS) {
      throw new AssertionError(
          "CsqPeekNextIrp was called " + peeks + " times in one removal: it does not get past " + irp);
    }
    return callbacks.peekNextIrp(csq, irp, peekContext);
  }

  @Override
  public Irql acquireLock(IoCsq csq) {
    return callbacks.acquireLock(csq);
  }

  @Override
  public void releaseLock(IoCsq csq, Irql irql) {
    callbacks.releaseLock(csq, irql);
  }

  @Override
  public void completeCanceledIrp(IoCsq csq, Irp irp) {
    callbacks.completeCanceledIrp(csq, irp);
  }
}
