package org.cancelsafe.examples.shipped;

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
import org.cancelsafe.examples.textbook.DeviceQueueDriver;
import org.cancelsafe.hunter.scenario.Scenario;

/** B-53. */
@AutoService(CatalogueEntry.class)
public final class B53 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-53", Family.CANCEL_ROUTINE, "StartIo returns without doing anything")
        .text(
            """
            StartIo finds that its IRP was cancelled, gives the cancel spin lock back and returns: the cancel routine
            has dealt with it. But an IRP that was cancelled before IoStartPacket made it cancelable has had no cancel
            routine to be called. It hangs, and the device is busy for ever. And the cancel routine, which ends the
            current IRP, starts the next one at the level that it has lowered to.""")
        .shipped("A book's StartIOTest sample.")
        .mistake(LeavesItToTheCancelRoutine.class)
        .mistake(StartsTheNextAtTheLoweredLevel.class)
        .correction(DeviceQueueDriver.class);
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-53.broken")
            .about("StartIOTest: an IRP cancelled before is left alone by everybody")
            .expectingRace("CancelledIrpNotCompleted")
            .model(DeviceQueueDriver.readWhileCancelling(LeavesItToTheCancelRoutine::new)),
        Scenario.named("B-53.broken-level")
            .about("StartIOTest: IoStartNextPacket below DISPATCH_LEVEL")
            .expectingRace("IrqlDispatch")
            .model(DeviceQueueDriver.readWhileCancelling(StartsTheNextAtTheLoweredLevel::new)),
        Scenario.named("B-53.fixed")
            .about("StartIOTest: StartIo completes what was cancelled, and goes on")
            .model(DeviceQueueDriver.readWhileCancelling(DeviceQueueDriver::new)));
  }

  private static final class LeavesItToTheCancelRoutine extends DeviceQueueDriver {
    @Override
    protected void startIo(DeviceObject device, Irp irp) {
      IoManager io = irp.io();
      Irql irql = io.acquireCancelSpinLock();
      if (irp != device.currentIrp() || irp.cancel()) {
        io.releaseCancelSpinLock(irql);
        return;
      }
      irp.setCancelRoutine(null);
      io.releaseCancelSpinLock(irql);
      startDevice(device);
    }
  }

  private static final class StartsTheNextAtTheLoweredLevel extends DeviceQueueDriver {
    @Override
    protected void cancel(DeviceObject device, Irp irp) {
      if (irp != device.currentIrp()) {
        super.cancel(device, irp);
        return;
      }
      device.setCurrentIrp(null);
      irp.io().releaseCancelSpinLock(irp.cancelIrql());
      device.startNextPacket(true);
      complete(irp, STATUS_CANCELLED);
    }
  }
}
