package org.cancelsafe.examples.samples;

import org.cancelsafe.csq.CsqCallbacksEx;
import org.cancelsafe.csq.FifoCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Shared;
import org.jspecify.annotations.Nullable;

/** A queue with a current IRP that a driver has written itself; peeking leaves the current IRP alone. */
class OwnStartIoCallbacks extends FifoCallbacks implements CsqCallbacksEx {
  final Shared<@Nullable Irp> currentIrp = new Shared<>("queue.CurrentIrp", null);

  OwnStartIoCallbacks() {
    super("queue");
  }

  @Override
  public NtStatus insertIrpEx(IoCsq csq, Irp irp, @Nullable Object insertContext) {
    if (isIdle(insertContext)) {
      currentIrp.set(irp);
      return NtStatus.STATUS_UNSUCCESSFUL;
    }
    queue().insertTail(irp.listEntry());
    return NtStatus.STATUS_SUCCESS;
  }

  /** Called with the lock held. */
  boolean isIdle(@Nullable Object insertContext) {
    return currentIrp.get() == null;
  }

  final boolean isIdleNow(IoCsq csq) {
    Irql irql = acquireLock(csq);
    boolean idle = currentIrp.get() == null;
    releaseLock(csq, irql);
    return idle;
  }

  final void makeCurrent(IoCsq csq, @Nullable Irp irp) {
    Irql irql = acquireLock(csq);
    currentIrp.set(irp);
    releaseLock(csq, irql);
  }
}
