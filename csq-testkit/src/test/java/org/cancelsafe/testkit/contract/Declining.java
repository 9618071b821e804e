package org.cancelsafe.testkit.contract;

import org.cancelsafe.csq.CsqCallbacksEx;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Irql;
import org.jspecify.annotations.Nullable;

/** The callbacks of {@link CsqDriver}. */
final class Declining implements CsqCallbacksEx {
  private final CsqDriver.Gate gate;

  Declining(CsqDriver.Gate gate) {
    this.gate = gate;
  }

  @Override
  public NtStatus insertIrpEx(IoCsq csq, Irp irp, @Nullable Object insertContext) {
    return gate.gone.get() ? NtStatus.STATUS_DELETE_PENDING : gate.callbacks.insertIrpEx(csq, irp, insertContext);
  }

  @Override
  public void removeIrp(IoCsq csq, Irp irp) {
    gate.callbacks.removeIrp(csq, irp);
  }

  @Override
  public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
    return gate.callbacks.peekNextIrp(csq, irp, peekContext);
  }

  @Override
  public Irql acquireLock(IoCsq csq) {
    return gate.callbacks.acquireLock(csq);
  }

  @Override
  public void releaseLock(IoCsq csq, Irql irql) {
    gate.callbacks.releaseLock(csq, irql);
  }

  @Override
  public void completeCanceledIrp(IoCsq csq, Irp irp) {
    gate.callbacks.completeCanceledIrp(csq, irp);
  }
}
