package org.cancelsafe.examples.shipped;

import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.textbook.DeviceQueueDriver;
import org.cancelsafe.hunter.scenario.Scenario;

/** B-54. */
@AutoService(CatalogueEntry.class)
public final class B54 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-54", Family.CANCEL_ROUTINE, "A cancelled IRP stays in the device queue")
        .text(
            """
            The cancel routine gives the lock back and completes its IRP, and never takes it out of the device queue.
            Whoever starts the next one gets an IRP that is gone. Two reads and one cancellation are enough, with no
            switch at a bad moment.""")
        .shipped("A book's SpecialStartIOTest sample.")
        .mistake(LeavesItQueued.class)
        .correction(DeviceQueueDriver.class, "cancel");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-54.broken")
            .about("SpecialStartIOTest: completes a queued IRP and leaves it queued")
            .expectingRace("IrpTouchedAfterCompletion")
            .model(DeviceQueueDriver.secondReadWhileCancelling(LeavesItQueued::new)),
        Scenario.named("B-54.fixed")
            .about("SpecialStartIOTest: takes it out of the queue first")
            .model(DeviceQueueDriver.secondReadWhileCancelling(DeviceQueueDriver::new)));
  }

  private static final class LeavesItQueued extends DeviceQueueDriver {
    @Override
    protected void cancel(DeviceObject device, Irp irp) {
      boolean queued = irp != device.currentIrp();
      irp.io().releaseCancelSpinLock(irp.cancelIrql());
      if (queued) {
        complete(irp, STATUS_CANCELLED);
      }
    }
  }
}
