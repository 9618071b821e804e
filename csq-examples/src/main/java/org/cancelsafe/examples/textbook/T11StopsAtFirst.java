package org.cancelsafe.examples.textbook;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/** T-11. */
@AutoService(CatalogueEntry.class)
public final class T11StopsAtFirst implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-11", Family.REMOVING, "The first IRP in cancellation ends the search")
        .text(
            """
            The first IRP of the queue is being cancelled, the second waits. Whoever dequeues loses the first one's
            exchange and gives up, as if the queue were empty: the data goes to nobody, the second read waits on.""")
        .mistake(Broken.class, "claimNext")
        .correction(PendingReadDriver.class, "claimNext");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-11.broken")
            .about("gives up at the first IRP that is being cancelled")
            .expectingRace("AssertionFailed")
            .model(Requests.writeWhileCancellingTheFirst(Broken::new)),
        Scenario.named("T-11.fixed")
            .about("skips what is being cancelled")
            .model(Requests.writeWhileCancellingTheFirst(PendingReadDriver::new)));
  }

  private static final class Broken extends PendingReadDriver {
    @Override
    protected @Nullable Irp claimNext(Extension extension) {
      if (extension.queue.isEmpty()) {
        return null;
      }
      Irp irp = Irp.fromListEntry(extension.queue.removeHead());
      if (irp.setCancelRoutine(null) != null) {
        return irp;
      }
      irp.listEntry().initialize();
      return null;
    }
  }
}
