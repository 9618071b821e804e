package org.cancelsafe.examples.samples;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.drivers.EventDriver;
import org.cancelsafe.hunter.scenario.Scenario;

/** S-3. */
@AutoService(CatalogueEntry.class)
public final class S03Event implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("S-3", Family.DESIGNS, "A timer, a cancel routine and cleanup want one IRP")
        .text(
            """
            An IRP waits for an event that a timer brings. The timer's DPC, the cancel routine and cleanup may all want
            it, and beside the IRP there is a record that exactly one of them must free. Who gets the cancel routine
            out of the IRP completes it. Who frees is told by KeCancelTimer: TRUE, there will be no DPC and the caller
            frees; FALSE, the DPC comes or has come, and whichever of the two is last frees. It looks wrong, with a
            flag that says who frees and an entry that is unlinked twice, and is right (N-3). Its mistakes are T-27.""")
        .shipped("Windows driver samples, `general/event/wdm`.")
        .correction(EventDriver.class, "cancel")
        .correction(EventDriver.class, "freeUnlessDpcDoes")
        .correction(EventDriver.class, "timerDpc");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("S-3.cancel")
            .about("the timer expires while the IRP is cancelled")
            .model(EventDriver.cancel(EventDriver::new)),
        Scenario.named("S-3.cleanup")
            .about("the timer expires while the file is cleaned up")
            .model(EventDriver.cleanUp(EventDriver::new)),
        Scenario.named("S-3.all")
            .about("timer, cancel and cleanup at once")
            .model(EventDriver.cancelAndCleanUp(EventDriver::new)));
  }
}
