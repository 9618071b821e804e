package org.cancelsafe.examples.textbook;

import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** T-32. */
@AutoService(CatalogueEntry.class)
public final class T32PendingAndItsMark implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-32", Family.COMPLETION, "STATUS_PENDING and the mark do not agree")
        .text(
            """
            STATUS_PENDING is returned for an IRP that is marked pending, and only for one that is. Without the mark
            the I/O manager does not know that the caller was told to wait, and never tells it that it need not any
            more. With the mark and another status, the caller goes on and the IRP is completed a second way.""")
        .shipped("Windows driver samples, `tools/dv` defect_toastmon (B-47).")
        .mistake(NotMarked.class, "read")
        .mistake(NotReturned.class, "read")
        .correction(PendingReadDriver.class, "read");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-32.not-marked")
            .about("returns STATUS_PENDING for an IRP that it did not mark")
            .expectingRace("MarkIrpPending2")
            .model(Requests.readWhileCancelling(NotMarked::new)),
        Scenario.named("T-32.not-returned")
            .about("marks the IRP, is cancelled, and returns STATUS_CANCELLED")
            .expectingRace("MarkIrpPending")
            .model(Requests.readWhileCancelling(NotReturned::new)),
        Scenario.named("T-32.fixed")
            .about("marks the IRP and returns STATUS_PENDING, cancelled or not")
            .model(Requests.readWhileCancelling(PendingReadDriver::new)));
  }

  private static final class NotMarked extends PendingReadDriver {
    @Override
    protected NtStatus read(DeviceObject device, Irp irp) {
      Extension extension = extensionOf(device);
      Irql irql = extension.lock.acquire();
      extension.queue.insertTail(irp.listEntry());
      boolean cancelled = makeCancelable(irp);
      extension.lock.release(irql);
      if (cancelled) {
        complete(irp, STATUS_CANCELLED);
      }
      return STATUS_PENDING;
    }
  }

  private static final class NotReturned extends PendingReadDriver {
    @Override
    protected NtStatus read(DeviceObject device, Irp irp) {
      Extension extension = extensionOf(device);
      Irql irql = extension.lock.acquire();
      irp.markPending();
      extension.queue.insertTail(irp.listEntry());
      boolean cancelled = makeCancelable(irp);
      extension.lock.release(irql);
      if (cancelled) {
        complete(irp, STATUS_CANCELLED);
        return STATUS_CANCELLED;
      }
      return STATUS_PENDING;
    }
  }
}
