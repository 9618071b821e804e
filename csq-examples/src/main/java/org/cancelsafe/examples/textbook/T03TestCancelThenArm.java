package org.cancelsafe.examples.textbook;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** T-3. */
@AutoService(CatalogueEntry.class)
public final class T03TestCancelThenArm implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-3", Family.ARMING, "Cancel is tested before arming")
        .text(
            """
            `Cancel` is tested, and only then the routine is set. A cancellation between the two finds no routine,
            and its `Cancel` is not looked at any more.

            Under the cancel spin lock the same order is right: IoCancelIrp sets `Cancel` and takes the routine
            under that lock, so it comes before the test or after the arming.""")
        .mistake(Broken.class)
        .correction(PendingReadDriver.class, "makeCancelable");
  }

  private static class Broken extends PendingReadDriver {
    @Override
    protected boolean makeCancelable(Irp irp) {
      if (irp.cancel()) {
        irp.listEntry().removeEntry();
        return true;
      }
      irp.setCancelRoutine(this::cancel);
      return false;
    }
  }

  private static final class UnderCancelSpinLock extends Broken {
    @Override
    protected boolean makeCancelable(Irp irp) {
      Irql irql = irp.io().acquireCancelSpinLock();
      boolean cancelled = super.makeCancelable(irp);
      irp.io().releaseCancelSpinLock(irql);
      return cancelled;
    }
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-3.broken")
            .about("tests Cancel, then arms")
            .expectingRace("CancelledIrpNotCompleted")
            .model(Requests.readWhileCancelling(Broken::new)),
        Scenario.named("T-3.fixed")
            .about("arms, then tests Cancel")
            .model(Requests.readWhileCancelling(PendingReadDriver::new)),
        Scenario.named("T-3.under-cancel-lock")
            .about("tests Cancel, then arms, under the cancel spin lock: correct")
            .model(Requests.readWhileCancelling(UnderCancelSpinLock::new)));
  }
}
