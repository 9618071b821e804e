package org.cancelsafe.examples.textbook;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** T-4. */
@AutoService(CatalogueEntry.class)
public final class T04IgnoresExchange implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-4", Family.ARMING, "Cancel is seen, and the exchange is not asked")
        .text(
            """
            Having armed, the dispatch routine sees `Cancel` and completes the IRP, whatever its exchange returned.
            When that was NULL, IoCancelIrp has the routine, and the cancel routine goes on to unlink and complete
            an IRP that is gone.""")
        .shipped("usbip-win (B-9), Fort Firewall (B-28).")
        .mistake(Broken.class)
        .correction(PendingReadDriver.class, "makeCancelable");
  }

  private static final class Broken extends PendingReadDriver {
    @Override
    protected boolean makeCancelable(Irp irp) {
      irp.setCancelRoutine(this::cancel);
      if (irp.cancel()) {
        irp.setCancelRoutine(null);
        irp.listEntry().removeEntry();
        return true;
      }
      return false;
    }
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-4.broken")
            .about("sees Cancel after arming, and completes without winning the exchange")
            .expectingRace("IrpTouchedAfterCompletion")
            .model(Requests.readWhileCancelling(Broken::new)),
        Scenario.named("T-4.fixed")
            .about("completes only if its exchange returned the routine")
            .model(Requests.readWhileCancelling(PendingReadDriver::new)));
  }
}
