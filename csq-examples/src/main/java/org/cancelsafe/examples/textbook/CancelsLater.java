package org.cancelsafe.examples.textbook;

import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;

import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.machine.Irql;

/** A driver whose cancel routine lets somebody else finish: it queues a DPC, which unlinks and completes the IRP. */
final class CancelsLater extends PendingReadDriver {
  @Override
  protected void cancel(DeviceObject device, Irp irp) {
    irp.io().releaseCancelSpinLock(irp.cancelIrql());
    KDpc later = new KDpc("CancelDpc", (dpc, context, one, two) -> finish(extensionOf(device), irp), null);
    later.setImportance(KDpc.Importance.LOW_IMPORTANCE); // of any other, its processor would run it at once
    later.insertQueue(null, null);
  }

  private void finish(Extension extension, Irp irp) {
    Irql irql = extension.lock.acquire();
    irp.listEntry().removeEntry();
    extension.lock.release(irql);
    complete(irp, STATUS_CANCELLED);
  }
}
