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
import org.jspecify.annotations.Nullable;

/** T-20. */
@AutoService(CatalogueEntry.class)
public final class T20LockOrder implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-20", Family.CANCEL_ROUTINE, "Two lock orders")
        .text(
            """
            Whoever dequeues holds the queue's lock and takes the cancel spin lock; the cancel routine holds the
            cancel spin lock and takes the queue's.

            One of the two may do so. It is enough that the cancel routine gives the cancel spin lock back first;
            and who dequeues does not need it, which is what the exchange is for.""")
        .shipped("usbip-win (B-8).")
        .mistake(NestsCancelLock.class)
        .mistake(Broken.class)
        .correction(PendingReadDriver.class, "cancel");
  }

  private static class NestsCancelLock extends PendingReadDriver {
    @Override
    protected @Nullable Irp claimNext(Extension extension) {
      Irql irql = extension.io.acquireCancelSpinLock();
      Irp irp = super.claimNext(extension);
      extension.io.releaseCancelSpinLock(irql);
      return irp;
    }
  }

  private static final class Broken extends NestsCancelLock {
    @Override
    protected void cancel(DeviceObject device, Irp irp) {
      Extension extension = extensionOf(device);
      Irql irql = extension.lock.acquire();
      irp.listEntry().removeEntry();
      extension.lock.release(irql);
      extension.io.releaseCancelSpinLock(irp.cancelIrql());
      complete(irp, STATUS_CANCELLED);
    }
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-20.broken")
            .about("the cancel routine nests the two locks one way, the dequeue the other")
            .expectingRace("Deadlock")
            .model(Requests.writeWhileCancelling(Broken::new)),
        Scenario.named("T-20.fixed")
            .about("the cancel routine gives the cancel lock back before it takes its own")
            .model(Requests.writeWhileCancelling(NestsCancelLock::new)));
  }
}
