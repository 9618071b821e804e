package org.cancelsafe.examples.shipped;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** B-29. */
@AutoService(CatalogueEntry.class)
public final class B29 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-29", Family.ARMING, "In the slot before it is marked and armed")
        .text(
            """
            Dispatch puts the IRP into the slot under the lock, unlocks, and only then marks it pending and arms it,
            without testing `Cancel`. A writer may complete it in between, which B-28.v3 shows; and a cancellation
            that comes before the arming is lost.""")
        .shipped("Fort Firewall, in every version of B-28.")
        .mistake(B28.Version3.class, "park")
        .correction(FortDriver.class, "park");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-29.lost-cancel")
            .about("fort: armed without testing Cancel, and nothing is logged")
            .expectingRace("CancelledIrpNotCompleted")
            .model(machine -> B28.race(machine, new B28.Version3(), false)),
        Scenario.named("B-29.fixed")
            .about("fort: Cancel is tested after arming")
            .model(machine -> B28.race(machine, new FortDriver(), false)));
  }
}
