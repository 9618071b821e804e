package org.cancelsafe.examples.textbook;

import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** T-23. */
@AutoService(CatalogueEntry.class)
public final class T23TouchesCompletedIrp implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-23", Family.CANCEL_ROUTINE, "Completed first, unlinked after")
        .text(
            """
            The cancel routine completes the IRP, then takes it out of the queue. A completed IRP is gone: its memory
            belongs to somebody else, and its link in the queue leads there.""")
        .shipped("usbip-win (B-8).")
        .mistake(Broken.class, "cancel")
        .correction(PendingReadDriver.class, "cancel");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-23.broken")
            .about("completes the IRP, then unlinks it")
            .expectingRace("IrpTouchedAfterCompletion")
            .model(Requests.readWhileCancelling(Broken::new)),
        Scenario.named("T-23.fixed")
            .about("completes the IRP as the last thing it does with it")
            .model(Requests.readWhileCancelling(PendingReadDriver::new)));
  }

  private static final class Broken extends PendingReadDriver {
    @Override
    protected void cancel(DeviceObject device, Irp irp) {
      irp.io().releaseCancelSpinLock(irp.cancelIrql());
      complete(irp, STATUS_CANCELLED);
      Extension extension = extensionOf(device);
      Irql irql = extension.lock.acquire();
      irp.listEntry().removeEntry();
      extension.lock.release(irql);
    }
  }
}
