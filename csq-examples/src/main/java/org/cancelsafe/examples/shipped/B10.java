package org.cancelsafe.examples.shipped;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** B-10. */
@AutoService(CatalogueEntry.class)
public final class B10 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-10", Family.ARMING, "Cancel not tested, and marked pending too late")
        .text(
            """
            The URB is armed under both locks, and nobody tests `Cancel`: one that was cancelled before waits for ever.
            And it is marked pending after the locks are released, when somebody may have completed it.""")
        .shipped("usbip-win, still at 7a945523 (2020), `vhci_read.c`, `usbreq.c`.")
        .mistake(NeverTests.class)
        .mistake(MarksLate.class)
        .correction(VhciDriver.class, "park");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-10.not-tested")
            .about("usbip-win: a URB that was cancelled before it was armed")
            .expectingRace("CancelledIrpNotCompleted")
            .model(VhciDriver.submitAndCancel(NeverTests::new)),
        Scenario.named("B-10.marks-late")
            .about("usbip-win: a URB that is failed by unplug before it is marked")
            .expectingRace("DataRace")
            .model(VhciDriver.submitAndUnplug(MarksLate::new)),
        Scenario.named("B-10.fixed")
            .about("usbip-win: marks before, tests after arming")
            .model(VhciDriver.submitCancelAndUnplug(VhciDriver::new)));
  }

  private static final class NeverTests extends VhciDriver {
    @Override
    boolean park(Vpdo vpdo, UrbReq urbr) {
      Irql irql = vpdo.lockUrbr.acquire();
      urbr.irp.markPending();
      urbr.irp.setDriverContext(0, urbr);
      vpdo.headUrbr.insertTail(urbr.listAll);
      urbr.irp.setCancelRoutine(this::cancelUrbr);
      vpdo.lockUrbr.release(irql);
      return false;
    }
  }

  private static final class MarksLate extends VhciDriver {
    @Override
    boolean park(Vpdo vpdo, UrbReq urbr) {
      Irql irql = vpdo.lockUrbr.acquire();
      urbr.irp.setDriverContext(0, urbr);
      vpdo.headUrbr.insertTail(urbr.listAll);
      urbr.irp.setCancelRoutine(this::cancelUrbr);
      vpdo.lockUrbr.release(irql);
      urbr.irp.markPending();
      return false;
    }
  }
}
