package org.cancelsafe.examples.textbook;

import static java.util.Objects.requireNonNull;
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

/** T-6. */
@AutoService(CatalogueEntry.class)
public final class T06ContextAfterArming implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-6", Family.ARMING, "What the cancel routine reads is set after arming")
        .text(
            """
            The cancel routine finds the queue through `DriverContext[0]`, which it reads before it takes the queue's
            lock, and must: the lock is in there. The dispatch routine sets it after arming, under the lock, which is
            no help. What the cancel routine reads has to be written before the exchange that arms; that exchange
            orders the two.""")
        .shipped("Dokany (B-1), the ndisprot sample (B-45).")
        .mistake(FindsQueueInIrp.class, "cancel")
        .mistake(Broken.class, "makeCancelable")
        .correction(FindsQueueInIrp.class, "makeCancelable");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-6.broken")
            .about("sets the context after arming")
            .expectingRace("DataRace")
            .model(Requests.readWhileCancelling(Broken::new)),
        Scenario.named("T-6.fixed")
            .about("sets the context, then arms")
            .model(Requests.readWhileCancelling(FindsQueueInIrp::new)));
  }

  private static class FindsQueueInIrp extends PendingReadDriver {
    static void setContext(Irp irp) {
      irp.setDriverContext(0, extensionOf(requireNonNull(irp.currentStackLocation().deviceObject())));
    }

    @Override
    protected boolean makeCancelable(Irp irp) {
      setContext(irp);
      return super.makeCancelable(irp);
    }

    @Override
    protected void cancel(DeviceObject device, Irp irp) {
      irp.io().releaseCancelSpinLock(irp.cancelIrql());
      Extension extension = (Extension) requireNonNull(irp.driverContext(0));
      Irql irql = extension.lock.acquire();
      irp.listEntry().removeEntry();
      extension.lock.release(irql);
      complete(irp, STATUS_CANCELLED);
    }
  }

  private static final class Broken extends FindsQueueInIrp {
    @Override
    protected boolean makeCancelable(Irp irp) {
      irp.setCancelRoutine(this::cancel);
      setContext(irp);
      if (irp.cancel() && irp.setCancelRoutine(null) != null) {
        irp.listEntry().removeEntry();
        return true;
      }
      return false;
    }
  }
}
