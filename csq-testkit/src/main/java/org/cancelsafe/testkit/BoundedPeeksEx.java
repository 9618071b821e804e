package org.cancelsafe.testkit;

import org.cancelsafe.csq.CsqCallbacksEx;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.jspecify.annotations.Nullable;

/** {@link BoundedPeeks} for an extended queue. */
final class BoundedPeeksEx extends BoundedPeeks implements CsqCallbacksEx {
  private final CsqCallbacksEx callbacks;

  BoundedPeeksEx(CsqCallbacksEx callbacks) {
    super(callbacks);
    this.callbacks = callbacks;
  }

  @Override
  public NtStatus insertIrpEx(IoCsq csq, Irp irp, @Nullable Object insertContext) {
    return callbacks.insertIrpEx(csq, irp, insertContext);
  }

  @Override
  public void insertIrp(IoCsq csq, Irp irp) {
    super.insertIrp(csq, irp);
  }
}
