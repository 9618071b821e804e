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

/** T-1. */
@AutoService(CatalogueEntry.class)
public final class T01ArmBeforeInsert implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-1", Family.ARMING, "Armed before it is in the queue")
        .text(
            """
            The IRP is made cancelable before it is in the queue, and outside the lock. A cancel routine that is
            called in between unlinks what nobody has linked.""")
        .shipped("Dokany (B-1).")
        .mistake(Broken.class)
        .correction(PendingReadDriver.class, "read");
  }

  private static final class Broken extends PendingReadDriver {
    @Override
    protected NtStatus read(DeviceObject device, Irp irp) {
      irp.markPending();
      irp.setCancelRoutine(this::cancel);
      if (irp.cancel() && irp.setCancelRoutine(null) != null) {
        complete(irp, STATUS_CANCELLED);
        return STATUS_PENDING;
      }
      Extension extension = extensionOf(device);
      Irql irql = extension.lock.acquire();
      extension.queue.insertTail(irp.listEntry());
      extension.lock.release(irql);
      return STATUS_PENDING;
    }
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-1.broken")
            .about("arms before it inserts, with no lock around the two")
            .expectingRace("CorruptListEntry")
            .model(Requests.readWhileCancelling(Broken::new)),
        Scenario.named("T-1.fixed")
            .about("inserts and arms under one lock")
            .model(Requests.readWhileCancelling(PendingReadDriver::new)));
  }
}
