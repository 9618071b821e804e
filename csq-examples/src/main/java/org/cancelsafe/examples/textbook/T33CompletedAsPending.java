package org.cancelsafe.examples.textbook;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** T-33. */
@AutoService(CatalogueEntry.class)
public final class T33CompletedAsPending implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-33", Family.COMPLETION, "Parked, and completed as well")
        .text(
            """
            The read is in the queue, and the way out of the dispatch routine, which serves all requests alike,
            completes it with the status that it is about to return: STATUS_PENDING. An IRP is completed once, by its
            owner, and never with STATUS_PENDING.""")
        .shipped("Open vSwitch (B-26, B-25).")
        .mistake(Broken.class, "read")
        .correction(PendingReadDriver.class, "read");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-33.broken")
            .about("completes a queued read on the way out")
            .expectingRace("CompleteRequestStatusCheck")
            .model(Requests.readWhileWriting(Broken::new)),
        Scenario.named("T-33.fixed")
            .about("leaves a queued read alone")
            .model(Requests.readWhileWriting(PendingReadDriver::new)));
  }

  private static final class Broken extends PendingReadDriver {
    @Override
    protected NtStatus read(DeviceObject device, Irp irp) {
      NtStatus status = super.read(device, irp);
      complete(irp, status);
      return status;
    }
  }
}
