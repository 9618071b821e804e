package org.cancelsafe.examples.textbook;

import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** T-19. */
@AutoService(CatalogueEntry.class)
public final class T19StartsTheNextTwice implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-19", Family.CANCEL_ROUTINE, "StartIo and the cancel routine both go on")
        .text(
            """
            A cancel routine may end the current IRP itself: it clears `CurrentIrp` under the cancel spin lock, gives
            that back, starts the next IRP and completes its own. StartIo may be on its way with that IRP, waiting for
            the lock. So the first thing it does with the lock is to look whether its IRP is the current one still. One
            that does not works on an IRP that is gone, and starts the next one a second time.""")
        .shipped("A book's sample (B-53); a serial driver (B-56).")
        .mistake(DoesNotLook.class)
        .correction(EndsTheCurrentIrp.class);
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-19.broken")
            .about("StartIo does not look whether its IRP is still the current one")
            .expectingRace("IrpTouchedAfterCompletion")
            .model(DeviceQueueDriver.readWhileCancelling(DoesNotLook::new)),
        Scenario.named("T-19.fixed")
            .about("the cancel routine ends the current IRP, and StartIo looks")
            .model(DeviceQueueDriver.readWhileCancelling(EndsTheCurrentIrp::new)));
  }

  private static class EndsTheCurrentIrp extends DeviceQueueDriver {
    @Override
    protected void cancel(DeviceObject device, Irp irp) {
      if (irp != device.currentIrp()) {
        super.cancel(device, irp);
        return;
      }
      device.setCurrentIrp(null);
      irp.io().releaseCancelSpinLock(irp.cancelIrql());
      Irql old = Ke.raiseIrqlToDpcLevel();
      device.startNextPacket(true);
      Ke.lowerIrql(old);
      complete(irp, STATUS_CANCELLED);
    }
  }

  private static final class DoesNotLook extends EndsTheCurrentIrp {
    @Override
    protected void startIo(DeviceObject device, Irp irp) {
      IoManager io = irp.io();
      Irql irql = io.acquireCancelSpinLock();
      irp.setCancelRoutine(null);
      boolean cancelled = irp.cancel();
      io.releaseCancelSpinLock(irql);
      if (cancelled) {
        device.startNextPacket(true);
        complete(irp, STATUS_CANCELLED);
      } else {
        startDevice(device);
      }
    }
  }
}
