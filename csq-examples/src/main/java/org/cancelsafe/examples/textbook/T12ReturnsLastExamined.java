package org.cancelsafe.examples.textbook;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/** T-12. */
@AutoService(CatalogueEntry.class)
public final class T12ReturnsLastExamined implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-12", Family.REMOVING, "The last IRP examined is returned, owned or not")
        .text(
            """
            The loop that skips IRPs in cancellation ends with the queue and returns the IRP it looked at last,
            although it lost that one's exchange.""")
        .mistake(Broken.class)
        .correction(PendingReadDriver.class, "claimNext");
  }

  private static final class Broken extends PendingReadDriver {
    @Override
    protected @Nullable Irp claimNext(Extension extension) {
      Irp irp = null;
      while (!extension.queue.isEmpty()) {
        irp = Irp.fromListEntry(extension.queue.removeHead());
        if (irp.setCancelRoutine(null) != null) {
          break;
        }
        irp.listEntry().initialize();
      }
      return irp;
    }
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-12.broken")
            .about("the skip loop returns the last IRP it looked at, owned or not")
            .expectingRace("IrpTouchedAfterCompletion")
            .model(Requests.writeWhileCancelling(Broken::new)),
        Scenario.named("T-12.fixed")
            .about("the skip loop returns what it owns, or nothing")
            .model(Requests.writeWhileCancelling(PendingReadDriver::new)));
  }
}
