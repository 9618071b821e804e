package org.cancelsafe.examples.textbook;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** T-28. */
@AutoService(CatalogueEntry.class)
public final class T28CleanupAndDispatch implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-28", Family.TEARDOWN, "A read slips in behind the cleanup")
        .text(
            """
            A read passed whatever test there was when its file was still open; cleanup drains the queue; then the read
            goes in. Nobody will ask for it again: its file has no handle any more, and cannot be closed while the read
            is pending. What keeps reads out has to be decided under the lock under which they go in.""")
        .shipped("The sample code of a textbook (B-55).")
        .mistake(CleanupDriver.class, "cleanup")
        .mistake(Broken.class, "isClosing")
        .correction(CleanupDriver.class, "isClosing");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-28.broken")
            .about("a read is queued after cleanup has drained")
            .expectingRace("AssertionFailed")
            .model(CleanupDriver.readWhileCleaningUp(Broken::new)),
        Scenario.named("T-28.fixed")
            .about("a flag under the lock keeps reads out")
            .model(CleanupDriver.readWhileCleaningUp(CleanupDriver::new)));
  }

  private static final class Broken extends CleanupDriver {
    @Override
    boolean isClosing(Open open) {
      return false;
    }
  }
}
