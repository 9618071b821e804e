package org.cancelsafe.examples.drivers;

import org.cancelsafe.csq.CsqCallbacks;
import org.cancelsafe.csq.FifoCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.jspecify.annotations.Nullable;

/** A queue whose lock callbacks do nothing, as in B-16 and T-15: a cancel-safe queue is as safe as its lock. */
public class UnlockedCallbacks implements CsqCallbacks {
  private final FifoCallbacks queue = new FifoCallbacks("queue");

  /** An empty queue. */
  public UnlockedCallbacks() {}

  @Override
  public Irql acquireLock(IoCsq csq) {
    return Ke.getCurrentIrql();
  }

  @Override
  public void releaseLock(IoCsq csq, Irql irql) {}

  @Override
  public void insertIrp(IoCsq csq, Irp irp) {
    queue.insertIrp(csq, irp);
  }

  @Override
  public void removeIrp(IoCsq csq, Irp irp) {
    queue.removeIrp(csq, irp);
  }

  @Override
  public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
    return queue.peekNextIrp(csq, irp, peekContext);
  }

  @Override
  public void completeCanceledIrp(IoCsq csq, Irp irp) {
    queue.completeCanceledIrp(csq, irp);
  }
}
