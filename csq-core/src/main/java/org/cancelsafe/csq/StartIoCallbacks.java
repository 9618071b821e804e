package org.cancelsafe.csq;

import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Shared;
import org.jspecify.annotations.Nullable;

/**
 * An extended queue that serves one IRP at a time, as a StartIo routine would. An insert that finds the device idle
 * makes the IRP current and declines it: the caller marks it pending and starts it. Removing the next IRP with a null
 * peek context makes that one current, or the device idle.
 *
 * <p>The peek itself makes its candidate current, before the queue tries to take it. That is safe because peek,
 * exchange and the next peek are one critical section: if the candidate turns out to be in cancellation, the next peek
 * replaces it, and the last one, which finds nothing, leaves the device idle.
 */
public class StartIoCallbacks extends FifoCallbacks implements CsqCallbacksEx {
  private final Shared<@Nullable Irp> currentIrp;

  /** An empty queue of an idle device, with this name for traces. */
  public StartIoCallbacks(String name) {
    super(name);
    this.currentIrp = new Shared<>(name + ".CurrentIrp", null);
  }

  /** Queues the IRP; or, when the device is idle, makes it current and returns STATUS_UNSUCCESSFUL: start it now. */
  @Override
  public NtStatus insertIrpEx(IoCsq csq, Irp irp, @Nullable Object insertContext) {
    if (currentIrp.get() == null) {
      currentIrp.set(irp);
      return NtStatus.STATUS_UNSUCCESSFUL;
    }
    queue().insertTail(irp.listEntry());
    return NtStatus.STATUS_SUCCESS;
  }

  @Override
  public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
    Irp candidate = super.peekNextIrp(csq, irp, peekContext);
    if (peekContext == null) {
      currentIrp.set(candidate);
    }
    return candidate;
  }

  /** The IRP in service, or null while the device is idle. IRQL: at most DISPATCH_LEVEL. */
  public final @Nullable Irp currentIrp(IoCsq csq) {
    Irql irql = acquireLock(csq);
    Irp irp = currentIrp.get();
    releaseLock(csq, irql);
    return irp;
  }
}
