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

/** T-16. */
@AutoService(CatalogueEntry.class)
public final class T16CancelLockNotReleased implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-16", Family.CANCEL_ROUTINE, "The cancel spin lock is not given back right")
        .text(
            """
            A cancel routine is entered with the cancel spin lock held, and gives it back with the IRP's CancelIrql: on
            every path, once, before it completes the IRP, and before it takes the lock again for something else.
            StartIo has taken the lock itself, and gives it back with what that returned: an IRP's CancelIrql is of
            another time.""")
        .shipped("usbip-win (B-7), ReactOS (B-41, B-43).")
        .mistake(KeepsItForTheCurrentIrp.class)
        .mistake(ReleasesAfterCompleting.class)
        .mistake(TakesItAgain.class)
        .mistake(ReleasesWithAnothersIrql.class)
        .correction(DeviceQueueDriver.class, "cancel");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-16.broken")
            .about("the cancel routine returns with the lock for the current IRP")
            .expectingRace("CancelSpinLock")
            .model(DeviceQueueDriver.readWhileCancelling(KeepsItForTheCurrentIrp::new)),
        Scenario.named("T-16.broken-order")
            .about("the IRP is completed under the lock, CancelIrql read after that")
            .expectingRace("SpinLockSafe")
            .model(DeviceQueueDriver.secondReadWhileCancelling(ReleasesAfterCompleting::new)),
        Scenario.named("T-16.broken-again")
            .about("the cancel routine takes the lock that it holds")
            .expectingRace("SpinLock")
            .model(DeviceQueueDriver.secondReadWhileCancelling(TakesItAgain::new)),
        Scenario.named("T-16.broken-irql")
            .about("StartIo gives the lock back with the IRP's CancelIrql")
            .expectingRace("IrqlReturn")
            .model(DeviceQueueDriver.readWhileCancelling(ReleasesWithAnothersIrql::new)),
        Scenario.named("T-16.fixed")
            .about("each path gives the lock back once, with its own IRQL")
            .model(DeviceQueueDriver.readWhileCancelling(DeviceQueueDriver::new)));
  }

  private static final class KeepsItForTheCurrentIrp extends DeviceQueueDriver {
    @Override
    protected void cancel(DeviceObject device, Irp irp) {
      if (irp == device.currentIrp()) {
        return;
      }
      super.cancel(device, irp);
    }
  }

  private static final class ReleasesAfterCompleting extends DeviceQueueDriver {
    @Override
    protected void cancel(DeviceObject device, Irp irp) {
      if (irp != device.currentIrp() && device.deviceQueue().removeEntry(irp.deviceQueueEntry())) {
        complete(irp, STATUS_CANCELLED);
      }
      irp.io().releaseCancelSpinLock(irp.cancelIrql());
    }
  }

  private static final class TakesItAgain extends DeviceQueueDriver {
    @Override
    protected void cancel(DeviceObject device, Irp irp) {
      IoManager io = irp.io();
      Irql irql = io.acquireCancelSpinLock();
      super.cancel(device, irp);
      io.releaseCancelSpinLock(irql);
    }
  }

  private static final class ReleasesWithAnothersIrql extends DeviceQueueDriver {
    @Override
    protected void startIo(DeviceObject device, Irp irp) {
      irp.io().acquireCancelSpinLock();
      irp.setCancelRoutine(null);
      irp.io().releaseCancelSpinLock(irp.cancelIrql());
      startDevice(device);
    }
  }
}
