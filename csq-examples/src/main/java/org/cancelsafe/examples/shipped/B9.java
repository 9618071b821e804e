package org.cancelsafe.examples.shipped;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** B-9. */
@AutoService(CatalogueEntry.class)
public final class B9 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-9", Family.REMOVING, "The routine is cleared, and the answer ignored")
        .text(
            """
            Clears the cancel routine before completing, as one should, and ignores what the exchange returns. NULL
            means that IoCancelIrp has the routine, which will complete the IRP too: bug check 0x44.""")
        .shipped("usbip-win from 2012 until 7a945523 (2020): abort pipe, unplug, write.")
        .mistake(IgnoresExchange.class)
        .correction(VhciDriver.class, "removeUrbr")
        .correction(VhciDriver.class, "clearCancelRoutine");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-9.broken")
            .about("usbip-win: unplug ignores that the cancel routine was gone")
            .expectingRace("DoubleCompletion")
            .model(VhciDriver.submitCancelAndUnplug(IgnoresExchange::new)),
        Scenario.named("B-9.fixed")
            .about("usbip-win: unplug leaves such an IRP to its cancel routine")
            .model(VhciDriver.submitCancelAndUnplug(VhciDriver::new)));
  }

  private static final class IgnoresExchange extends VhciDriver {
    @Override
    boolean clearCancelRoutine(Irp irp) {
      irp.setCancelRoutine(null);
      return true;
    }
  }
}
