package org.cancelsafe.examples.shipped;

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
import org.cancelsafe.examples.textbook.PendingReadDriver;
import org.cancelsafe.examples.textbook.Requests;
import org.cancelsafe.hunter.scenario.Scenario;

/** B-47. */
@AutoService(CatalogueEntry.class)
public final class B47 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-47", Family.ARMING, "Neither queued nor pending nor completed")
        .text(
            """
            Having armed, the dispatch routine sees `Cancel`. If it gets the routine back it completes the IRP. If not,
            it returns STATUS_CANCELLED for an IRP that it has neither queued nor marked pending nor completed; its
            cancel routine unlinks it from where it never was.""")
        .shipped(
            "Windows driver samples, `tools/dv/samples/DV-FailDriver-WDM`, defect_toastmon.c; not among "
            + "its declared defects.")
        .mistake(LeavesIt.class)
        .correction(PendingReadDriver.class, "read");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-47.broken")
            .about("toastmon: returns STATUS_CANCELLED, and leaves the IRP as it is")
            .expectingRace("CompleteRequest")
            .model(Requests.readWhileCancelling(LeavesIt::new)),
        Scenario.named("B-47.fixed")
            .about("toastmon: queues and marks before it arms, returns STATUS_PENDING")
            .model(Requests.readWhileCancelling(PendingReadDriver::new)));
  }

  private static final class LeavesIt extends PendingReadDriver {
    @Override
    protected NtStatus read(DeviceObject device, Irp irp) {
      Extension extension = extensionOf(device);
      Irql irql = extension.lock.acquire();
      irp.setCancelRoutine(this::cancel);
      if (irp.cancel()) {
        boolean mine = irp.setCancelRoutine(null) != null;
        extension.lock.release(irql);
        if (mine) {
          complete(irp, STATUS_CANCELLED);
        }
        return STATUS_CANCELLED;
      }
      irp.markPending();
      extension.queue.insertTail(irp.listEntry());
      extension.lock.release(irql);
      return STATUS_PENDING;
    }
  }
}
