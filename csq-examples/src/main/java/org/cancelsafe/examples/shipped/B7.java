package org.cancelsafe.examples.shipped;

import static org.cancelsafe.emu.io.NtStatus.STATUS_INSUFFICIENT_RESOURCES;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** B-7. */
@AutoService(CatalogueEntry.class)
public final class B7 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-7", Family.CANCEL_ROUTINE, "The cancel spin lock is kept on the way out")
        .text(
            """
            The cancel routine begins with building a context for the request, which can fail, and then returns: with
            the cancel spin lock held, at DISPATCH_LEVEL, the IRP not completed. The whole machine hangs at the next
            cancellation.""")
        .shipped("Dokany until 57a9c470 (2021).")
        .mistake(MayFail.class)
        .correction(DokanEvents.class, "cancel");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-7.broken")
            .about("Dokany: returns when there is no memory, the cancel lock held")
            .expectingRace("CancelSpinLock")
            .model(DokanEvents.waitAndCancel(MayFail::new)),
        Scenario.named("B-7.fixed")
            .about("Dokany: gives the cancel lock back first")
            .model(DokanEvents.waitAndCancel(DokanEvents::new)));
  }

  private static final class MayFail extends DokanEvents {
    /** {@code DokanBuildRequestContext}; here there is no memory. */
    private static NtStatus buildRequestContext() {
      return STATUS_INSUFFICIENT_RESOURCES;
    }

    @Override
    void cancel(DeviceObject device, Irp irp) {
      if (!buildRequestContext().isSuccess()) {
        return;
      }
      super.cancel(device, irp);
    }
  }
}
