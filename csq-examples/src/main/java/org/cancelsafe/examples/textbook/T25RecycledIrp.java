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
import org.cancelsafe.examples.drivers.OwnRequest;
import org.cancelsafe.examples.drivers.SlotDriver;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/** T-25. */
@AutoService(CatalogueEntry.class)
public final class T25RecycledIrp implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-25", Family.CANCEL_ROUTINE, "The pointer is equal, and the IRP another")
        .text(
            """
            Whoever finds the IRP in the slot owns it, says this driver, and does not look at the exchange. A cancel
            routine that finds another IRP there leaves it alone, and its own too, which may be gone. But the memory of a
            completed IRP comes back: the next read can have the same address, and the late cancel routine of the first
            one completes it, armed as it is.

            With IRPs of their own memory each read is completed once, which is what a test on a quiet machine sees. But
            then too the late cancel routine reads CancelIrql of an IRP that nobody keeps for it.""")
        .shipped("ReactOS (B-40).")
        .mistake(Broken.class, "take")
        .mistake(Broken.class, "cancel")
        .correction(SlotDriver.class, "take")
        .correction(SlotDriver.class, "cancel");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-25.broken")
            .about("the same IRP is sent again while its old cancel routine is late")
            .expectingRace("CompleteWithCancelRoutine")
            .model(OwnRequest.sendTwice(Broken::new)),
        Scenario.named("T-25.no-reuse")
            .about("the same driver when nobody uses an IRP again")
            .expectingRace("IrpTouchedAfterCompletion")
            .model(SlotDriver.writeWhileCancelling(Broken::new)),
        Scenario.named("T-25.fixed")
            .about("the exchange says who owns the IRP")
            .model(OwnRequest.sendTwice(SlotDriver::new)));
  }

  private static final class Broken extends SlotDriver {
    @Override
    protected @Nullable Irp take(Extension extension) {
      Irql irql = extension.lock.acquire();
      Irp irp = extension.slot.get();
      extension.slot.set(null);
      if (irp != null) {
        irp.setCancelRoutine(null);
      }
      extension.lock.release(irql);
      return irp;
    }

    @Override
    protected void cancel(DeviceObject device, Irp irp) {
      irp.io().releaseCancelSpinLock(irp.cancelIrql());
      if (clearSlot(extensionOf(device), irp)) {
        complete(irp, STATUS_CANCELLED);
      }
    }
  }
}
