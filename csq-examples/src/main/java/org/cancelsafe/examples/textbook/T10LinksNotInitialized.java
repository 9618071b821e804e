package org.cancelsafe.examples.textbook;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/** T-10. */
@AutoService(CatalogueEntry.class)
public final class T10LinksNotInitialized implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-10", Family.REMOVING, "Unlinked twice")
        .text(
            """
            Whoever dequeues unlinks an IRP and loses its exchange. The IRP is left to its cancel routine, which
            unlinks it again: its stale links are those of its former neighbours.

            It is enough to initialise the links of an IRP that was unlinked and not won: RemoveEntryList of an entry
            that points at itself is harmless. A reviewer may take that line for superfluous.""")
        .shipped("Windows driver samples, `tools/dv` defect_toastmon (B-47).")
        .mistake(Broken.class, "claimNext")
        .correction(PendingReadDriver.class, "claimNext");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-10.broken")
            .about("leaves a dequeued IRP to its cancel routine with stale links")
            .expectingRace("CorruptListEntry")
            .model(Requests.writeWhileCancelling(Broken::new)),
        Scenario.named("T-10.fixed")
            .about("initialises the links of an IRP that it leaves to its cancel routine")
            .model(Requests.writeWhileCancelling(PendingReadDriver::new)));
  }

  private static final class Broken extends PendingReadDriver {
    @Override
    protected @Nullable Irp claimNext(Extension extension) {
      while (!extension.queue.isEmpty()) {
        Irp irp = Irp.fromListEntry(extension.queue.removeHead());
        if (irp.setCancelRoutine(null) != null) {
          return irp;
        }
      }
      return null;
    }
  }
}
