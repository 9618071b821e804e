package org.cancelsafe.testkit;

import org.cancelsafe.csq.CsqCallbacks;
import org.cancelsafe.csq.CsqCallbacksEx;
import org.cancelsafe.csq.FileObjectCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.csq.IoCsqIrpContext;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.jspecify.annotations.Nullable;

/** An {@code IO_CSQ} with the callbacks to be tested. */
final class CallbacksUnderTest implements QueueUnderTest {
  private final CsqCallbacks callbacks;
  private final IoCsq csq = new IoCsq();

  CallbacksUnderTest(CsqCallbacks callbacks) {
    this.callbacks = callbacks;
    if (callbacks instanceof CsqCallbacksEx extended) {
      csq.initializeEx(new BoundedPeeksEx(extended));
    } else {
      csq.initialize(new BoundedPeeks(callbacks));
    }
  }

  @Override
  public NtStatus insert(Irp irp, @Nullable IoCsqIrpContext context) {
    return csq.insertIrpEx(irp, context, null);
  }

  @Override
  public @Nullable Irp removeNext(@Nullable FileObject file) {
    return csq.removeNextIrp(file);
  }

  @Override
  public @Nullable Irp remove(IoCsqIrpContext context) {
    return csq.removeIrp(context);
  }

  @Override
  public void cleanup(FileObject file) {
    if (callbacks instanceof FileObjectCallbacks closing) {
      closing.cleanup(csq, file);
      return;
    }
    for (Irp irp = removeNext(file); irp != null; irp = removeNext(file)) {
      callbacks.completeCanceledIrp(csq, irp);
    }
  }

  @Override
  public boolean closesFiles() {
    return callbacks instanceof FileObjectCallbacks;
  }
}
