package org.cancelsafe.examples.textbook;

import static java.util.Objects.requireNonNull;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/** T-13. */
@AutoService(CatalogueEntry.class)
public final class T13StartsAgainAtTheHead implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-13", Family.REMOVING, "The search starts again at the head")
        .text(
            """
            The loop that skips IRPs in cancellation leaves them where they are and starts again at the head of the
            queue: there the same IRP is. The loop goes round until the cancel routine has unlinked it, and that waits
            for the lock which the loop holds.""")
        .shipped("ReactOS (B-39).")
        .mistake(Broken.class, "claimNext")
        .correction(PendingReadDriver.class, "claimNext");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-13.broken")
            .about("starts again at the head, where the same IRP is")
            .expectingRace("NoProgress")
            .model(Requests.writeWhileCancelling(Broken::new)),
        Scenario.named("T-13.fixed")
            .about("takes each IRP out as it goes")
            .model(Requests.writeWhileCancelling(PendingReadDriver::new)));
  }

  private static final class Broken extends PendingReadDriver {
    @Override
    protected @Nullable Irp claimNext(Extension extension) {
      while (!extension.queue.isEmpty()) {
        Irp irp = Irp.fromListEntry(requireNonNull(extension.queue.flink()));
        if (irp.setCancelRoutine(null) != null) {
          irp.listEntry().removeEntry();
          return irp;
        }
      }
      return null;
    }
  }
}
