package org.cancelsafe.testkit;

import org.cancelsafe.csq.CsqCallbacks;
import org.cancelsafe.csq.FifoCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Irql;
import org.jspecify.annotations.Nullable;

/** A right queue, for a wrong one to differ from in one callback. */
public class ForwardingCallbacks implements CsqCallbacks {
  protected final FifoCallbacks right = new FifoCallbacks("queue");

  @Override
  public void insertIrp(IoCsq csq, Irp irp) {
    right.insertIrp(csq, irp);
  }

  @Override
  public void removeIrp(IoCsq csq, Irp irp) {
    right.removeIrp(csq, irp);
  }

  @Override
  public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
    return right.peekNextIrp(csq, irp, peekContext);
  }

  @Override
  public Irql acquireLock(IoCsq csq) {
    return right.acquireLock(csq);
  }

  @Override
  public void releaseLock(IoCsq csq, Irql irql) {
    right.releaseLock(csq, irql);
  }

  @Override
  public void completeCanceledIrp(IoCsq csq, Irp irp) {
    right.completeCanceledIrp(csq, irp);
  }
}
