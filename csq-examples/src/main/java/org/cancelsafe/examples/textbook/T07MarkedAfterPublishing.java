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

/** T-7. */
@AutoService(CatalogueEntry.class)
public final class T07MarkedAfterPublishing implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-7", Family.ARMING, "Marked pending after it was given away")
        .text(
            """
            The IRP is in the queue and the lock is released; then the dispatch routine marks it pending. Whoever
            dequeues may have completed it by then, and the mark goes into an IRP that is gone, or into the next one in
            its memory. Once an IRP is where others find it, the dispatch routine does not touch it any more.""")
        .shipped("usbip-win (B-10), Fort Firewall (B-29).")
        .mistake(Broken.class, "read")
        .correction(PendingReadDriver.class, "read");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-7.broken")
            .about("marks the IRP pending after it has released the lock")
            .expectingRace("DataRace")
            .model(Requests.readWhileWriting(Broken::new)),
        Scenario.named("T-7.fixed")
            .about("marks the IRP pending before anybody can find it")
            .model(Requests.readWhileWriting(PendingReadDriver::new)));
  }

  private static final class Broken extends PendingReadDriver {
    @Override
    protected NtStatus read(DeviceObject device, Irp irp) {
      Extension extension = extensionOf(device);
      Irql irql = extension.lock.acquire();
      extension.queue.insertTail(irp.listEntry());
      boolean cancelled = makeCancelable(irp);
      extension.lock.release(irql);
      irp.markPending();
      if (cancelled) {
        complete(irp, STATUS_CANCELLED);
      }
      return STATUS_PENDING;
    }
  }
}
