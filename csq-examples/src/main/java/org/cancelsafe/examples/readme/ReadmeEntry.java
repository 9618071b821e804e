package org.cancelsafe.examples.readme;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** The example of the README, in the catalogue. */
@AutoService(CatalogueEntry.class)
public final class ReadmeEntry implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("readme", Family.FIRST, "The example of the README")
        .text("A queue that loses a cancel, and the same driver with a cancel-safe queue.")
        .mistake(PendedReads.class, "read")
        .correction(Readme.class, "readIntoCsq");
  }

  @Override
  public List<Scenario> scenarios() {
    return Readme.scenarios();
  }
}
