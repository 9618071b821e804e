package org.cancelsafe.examples.textbook;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** T-2. */
@AutoService(CatalogueEntry.class)
public final class T02NoCancelTest implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-2", Family.ARMING, "Cancel is not tested after arming")
        .text(
            """
            Nobody tests `Cancel` after arming. An IRP that was cancelled before it had a cancel routine waits for
            ever: IoCancelIrp found no routine to call, and does not come again.""")
        .shipped("usbip-win (B-10), Fort Firewall (B-29).")
        .mistake(Broken.class)
        .correction(PendingReadDriver.class, "makeCancelable");
  }

  private static final class Broken extends PendingReadDriver {
    @Override
    protected boolean makeCancelable(Irp irp) {
      irp.setCancelRoutine(this::cancel);
      return false;
    }
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-2.broken")
            .about("arms and does not test Cancel")
            .expectingRace("CancelledIrpNotCompleted")
            .model(Requests.readWhileCancelling(Broken::new)),
        Scenario.named("T-2.fixed")
            .about("arms, then tests Cancel")
            .model(Requests.readWhileCancelling(PendingReadDriver::new)));
  }
}
