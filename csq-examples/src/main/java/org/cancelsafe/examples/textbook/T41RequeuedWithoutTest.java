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

/** T-41. */
@AutoService(CatalogueEntry.class)
public final class T41RequeuedWithoutTest implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-41", Family.ARMING, "Put back without a test of Cancel")
        .text(
            """
            The device was not ready, and the IRP goes back to the head of the queue, with its cancel routine. While it
            was out it had none: a cancellation then found nothing to call. Putting an IRP back is queueing it, with
            all that belongs to it.""")
        .mistake(Broken.class, "rearm")
        .correction(PutsBack.class, "serve")
        .correction(PendingReadDriver.class, "makeCancelable");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-41.broken")
            .about("puts the IRP back and arms it, and does not test Cancel")
            .expectingRace("CancelledIrpNotCompleted")
            .model(Requests.writeWhileCancelling(Broken::new)),
        Scenario.named("T-41.fixed")
            .about("puts the IRP back, arms it, and tests Cancel")
            .model(Requests.writeWhileCancelling(PutsBack::new)));
  }

  private static class PutsBack extends PendingReadDriver {
    @Override
    protected void serve(DeviceObject device, Irp read) {
      Extension extension = extensionOf(device);
      Irql irql = extension.lock.acquire();
      extension.queue.insertHead(read.listEntry());
      boolean cancelled = rearm(read);
      extension.lock.release(irql);
      if (cancelled) {
        complete(read, STATUS_CANCELLED);
      }
    }

    boolean rearm(Irp read) {
      return makeCancelable(read);
    }
  }

  private static final class Broken extends PutsBack {
    @Override
    boolean rearm(Irp read) {
      read.setCancelRoutine(this::cancel);
      return false;
    }
  }
}
