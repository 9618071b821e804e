package org.cancelsafe.examples.textbook;

import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** T-18. */
@AutoService(CatalogueEntry.class)
public final class T18CancelsTheCurrentIrp implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-18", Family.CANCEL_ROUTINE, "The current IRP is cancelled, or the wrong one removed")
        .text(
            """
            Whoever ends the current IRP starts the next one, cancelled or not; or else the device is busy with nothing,
            and every later request waits for ever. And a cancel routine removes its own IRP from the device queue, with
            KeRemoveEntryDeviceQueue: KeRemoveDeviceQueue gives it somebody else's.""")
        .shipped("A book's samples (B-53, B-54).")
        .mistake(DoesNotStartTheNext.class)
        .mistake(RemovesTheFirst.class)
        .correction(DeviceQueueDriver.class);
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-18.broken")
            .about("StartIo completes a cancelled IRP and starts no other")
            .expectingRace("AssertionFailed")
            .model(DeviceQueueDriver.readWhileCancelling(DoesNotStartTheNext::new)),
        Scenario.named("T-18.broken-remove")
            .about("the cancel routine removes whatever is first in the queue")
            .expectingRace("IrpTouchedAfterCompletion")
            .model(DeviceQueueDriver.secondReadWhileCancelling(RemovesTheFirst::new)),
        Scenario.named("T-18.fixed")
            .about("a read is cancelled while the device works on another")
            .model(DeviceQueueDriver.secondReadWhileCancelling(DeviceQueueDriver::new)));
  }

  private static final class DoesNotStartTheNext extends DeviceQueueDriver {
    @Override
    protected void startIo(DeviceObject device, Irp irp) {
      IoManager io = irp.io();
      Irql irql = io.acquireCancelSpinLock();
      irp.setCancelRoutine(null);
      boolean cancelled = irp.cancel();
      io.releaseCancelSpinLock(irql);
      if (cancelled) {
        complete(irp, STATUS_CANCELLED);
      } else {
        startDevice(device);
      }
    }
  }

  private static final class RemovesTheFirst extends DeviceQueueDriver {
    @Override
    protected void cancel(DeviceObject device, Irp irp) {
      device.deviceQueue().remove();
      irp.io().releaseCancelSpinLock(irp.cancelIrql());
      complete(irp, STATUS_CANCELLED);
    }
  }
}
