package org.cancelsafe.examples.textbook;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/** T-8. */
@AutoService(CatalogueEntry.class)
public final class T08DequeueByCancelFlag implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-8", Family.REMOVING, "Dequeued because Cancel is FALSE")
        .text(
            """
            Whoever dequeues takes an IRP because `Cancel` is FALSE, and clears the routine without asking whether
            it was still there. IoCancelIrp may have taken it after the test, and its cancel routine fires on an IRP
            in service.""")
        .shipped("Dokany (B-6).")
        .mistake(Broken.class)
        .correction(PendingReadDriver.class, "claimNext");
  }

  private static final class Broken extends PendingReadDriver {
    @Override
    protected @Nullable Irp claimNext(Extension extension) {
      while (!extension.queue.isEmpty()) {
        Irp irp = Irp.fromListEntry(extension.queue.removeHead());
        if (!irp.cancel()) {
          irp.setCancelRoutine(null);
          return irp;
        }
        irp.listEntry().initialize();
      }
      return null;
    }
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-8.broken")
            .about("dequeues because Cancel is FALSE, without winning the exchange")
            .expectingRace("IrpTouchedAfterCompletion")
            .model(Requests.writeWhileCancelling(Broken::new)),
        Scenario.named("T-8.fixed")
            .about("dequeues only what its exchange returned the routine of")
            .model(Requests.writeWhileCancelling(PendingReadDriver::new)));
  }
}
