package org.cancelsafe.testkit;

import org.cancelsafe.csq.CsqCallbacksEx;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.jspecify.annotations.Nullable;

/** {@link CheckedCallbacks} for an extended queue. */
final class CheckedCallbacksEx extends CheckedCallbacks implements CsqCallbacksEx {
  private final CsqCallbacksEx callbacks;

  CheckedCallbacksEx(CsqCallbacksEx callbacks, Terms terms, CallbackChecks checks, PeekContexts contexts) {
    super(callbacks, terms, checks, contexts);
    this.callbacks = callbacks;
  }

  @Override
  public NtStatus insertIrpEx(IoCsq csq, Irp irp, @Nullable Object insertContext) {
    return inserting(irp, () -> callbacks.insertIrpEx(csq, irp, insertContext), NtStatus::isSuccess);
  }

  @Override
  public void insertIrp(IoCsq csq, Irp irp) {
    super.insertIrp(csq, irp);
  }
}
