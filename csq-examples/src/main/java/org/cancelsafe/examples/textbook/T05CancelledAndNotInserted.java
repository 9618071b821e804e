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

/** T-5. */
@AutoService(CatalogueEntry.class)
public final class T05CancelledAndNotInserted implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-5", Family.ARMING, "Cancelled already, so not inserted")
        .text(
            """
            Having armed, the dispatch routine sees `Cancel`, tries to take the routine back and loses: the cancel
            routine will complete the IRP. Because it is cancelled it is not put into the queue either. But the cancel
            routine takes it out of there, as it does with every IRP.""")
        .shipped("Windows driver samples, `tools/dv` defect_toastmon (B-47).")
        .mistake(Broken.class, "read")
        .correction(PendingReadDriver.class, "read");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-5.broken")
            .about("leaves a cancelled IRP to its cancel routine, but not in the queue")
            .expectingRace("CorruptListEntry")
            .model(Requests.readWhileCancelling(Broken::new)),
        Scenario.named("T-5.fixed")
            .about("inserts before it arms: what the cancel routine unlinks is linked")
            .model(Requests.readWhileCancelling(PendingReadDriver::new)));
  }

  private static final class Broken extends PendingReadDriver {
    @Override
    protected NtStatus read(DeviceObject device, Irp irp) {
      Extension extension = extensionOf(device);
      Irql irql = extension.lock.acquire();
      irp.markPending();
      irp.setCancelRoutine(this::cancel);
      boolean cancelled = irp.cancel();
      boolean mine = cancelled && irp.setCancelRoutine(null) != null;
      if (!cancelled) {
        extension.queue.insertTail(irp.listEntry());
      }
      extension.lock.release(irql);
      if (mine) {
        complete(irp, STATUS_CANCELLED);
      }
      return STATUS_PENDING;
    }
  }
}
