package org.cancelsafe.examples.textbook;

import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.drivers.SlotDriver;
import org.cancelsafe.hunter.scenario.Scenario;

/** T-26. */
@AutoService(CatalogueEntry.class)
public final class T26NobodyCompletes implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-26", Family.CANCEL_ROUTINE, "Each leaves it to the other")
        .text(
            """
            Whoever takes the IRP out of the slot finds that its cancel routine is gone, and leaves it to that. The
            cancel routine finds nothing in its slot, and leaves it to whoever took it. Each is right by itself; the
            IRP waits for ever. A cancel routine that was called has the IRP, wherever that is, and completes it.""")
        .shipped("Dokany (B-3), the VirtIO serial driver (B-18).")
        .mistake(SlotDriver.class, "take")
        .mistake(Broken.class, "cancel")
        .correction(SlotDriver.class, "cancel");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-26.broken")
            .about("both sides let the other one complete")
            .expectingRace("CancelledIrpNotCompleted")
            .model(SlotDriver.writeWhileCancelling(Broken::new)),
        Scenario.named("T-26.fixed")
            .about("the cancel routine always completes its IRP")
            .model(SlotDriver.writeWhileCancelling(SlotDriver::new)));
  }

  private static final class Broken extends SlotDriver {
    @Override
    protected void cancel(DeviceObject device, Irp irp) {
      irp.io().releaseCancelSpinLock(irp.cancelIrql());
      if (clearSlot(extensionOf(device), irp)) {
        complete(irp, STATUS_CANCELLED);
      }
    }
  }
}
