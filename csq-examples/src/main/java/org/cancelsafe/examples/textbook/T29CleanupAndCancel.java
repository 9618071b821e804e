package org.cancelsafe.examples.textbook;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** T-29. */
@AutoService(CatalogueEntry.class)
public final class T29CleanupAndCancel implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-29", Family.TEARDOWN, "Cleanup frees what a cancel routine still needs")
        .text(
            """
            Cleanup takes what it can claim out of the queue, and leaves an IRP that is being cancelled to its cancel
            routine, as it must. Then it frees the context of the file. The cancel routine, which is still on its way,
            uses it.""")
        .mistake(Broken.class)
        .correction(CleanupDriver.class, "cleanedUp")
        .correction(CleanupDriver.class, "complete")
        .correction(CleanupDriver.Open.class, "dereference");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-29.broken")
            .about("frees the context of the file when the queue is drained")
            .expectingRace("DataRace")
            .model(CleanupDriver.cancelWhileCleaningUp(Broken::new)),
        Scenario.named("T-29.fixed")
            .about("whoever gives back the last reference frees")
            .model(CleanupDriver.cancelWhileCleaningUp(CleanupDriver::new)));
  }

  private static final class Broken extends CleanupDriver {
    @Override
    void cleanedUp(Open open) {
      open.memory.free();
    }
  }
}
