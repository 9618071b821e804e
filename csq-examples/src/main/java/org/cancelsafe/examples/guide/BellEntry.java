package org.cancelsafe.examples.guide;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** guide. */
@AutoService(CatalogueEntry.class)
public final class BellEntry implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("guide", Family.FIRST, "The example of the guide")
        .text(
            """
            A read waits until the bell rings, whose DPC clears the cancel routine and does not look at what it was.
            The guide makes this model of a C driver, step by step.""")
        .mistake(BellDriver.class, "takeWaiting")
        .correction(FixedBellDriver.class, "takeWaiting");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("guide.broken")
            .about("the DPC clears the cancel routine and ignores what it was")
            .expectingRace("IrpTouchedAfterCompletion")
            .model(machine -> Bell.readRingCancel(machine, new BellDriver())),
        Scenario.named("guide.fixed")
            .about("the DPC takes what it got the routine of")
            .model(machine -> Bell.readRingCancel(machine, new FixedBellDriver())),
        Scenario.named("guide.two-reads")
            .about("the first of two reads is cancelled, the bell rings once")
            .model(machine -> Bell.twoReads(machine, new FixedBellDriver())));
  }
}
