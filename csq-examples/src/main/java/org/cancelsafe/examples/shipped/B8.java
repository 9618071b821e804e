package org.cancelsafe.examples.shipped;

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

/** B-8. */
@AutoService(CatalogueEntry.class)
public final class B8 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-8", Family.CANCEL_ROUTINE, "Completed under the cancel spin lock")
        .text(
            """
            The cancel routine keeps the cancel spin lock, takes the lock of the list, unlinks, completes, and gives
            the cancel lock back with the `CancelIrql` of the IRP that it has completed. And whoever dequeues takes the
            two locks the other way round.""")
        .shipped("usbip-win until 7a945523 (2020), `driver/vhci/usbreq.c`; cezanne/usbip-win#129.")
        .mistake(ReadsCompletedIrp.class)
        .mistake(NestsLocks.class)
        .correction(VhciDriver.class, "cancelUrbr");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-8.completed")
            .about("usbip-win: reads CancelIrql from an IRP that it has completed")
            .expectingRace("SpinLockSafe")
            .model(VhciDriver.submitAndCancel(ReadsCompletedIrp::new)),
        Scenario.named("B-8.deadlock")
            .about("usbip-win: cancel routine and unplug nest the locks differently")
            .expectingRace("Deadlock")
            .model(VhciDriver.submitCancelAndUnplug(NestsLocks::new)),
        Scenario.named("B-8.fixed")
            .about("usbip-win: gives the cancel lock back first")
            .model(VhciDriver.submitCancelAndUnplug(VhciDriver::new)));
  }

  private static void unlink(DeviceObject device, Irp irp) {
    VhciDriver.Vpdo vpdo = device.deviceExtension(VhciDriver.Vpdo.class);
    Irql irql = vpdo.lockUrbr.acquire();
    ((VhciDriver.UrbReq) requireNonNull(irp.driverContext(0))).listAll.removeEntry();
    vpdo.lockUrbr.release(irql);
  }

  private static final class ReadsCompletedIrp extends VhciDriver {
    @Override
    void cancelUrbr(DeviceObject device, Irp irp) {
      unlink(device, irp);
      irp.setIoStatus(STATUS_CANCELLED, 0);
      irp.io().completeRequest(irp);
      irp.io().releaseCancelSpinLock(irp.cancelIrql());
    }
  }

  private static final class NestsLocks extends VhciDriver {
    @Override
    void cancelUrbr(DeviceObject device, Irp irp) {
      unlink(device, irp);
      irp.io().releaseCancelSpinLock(irp.cancelIrql());
      irp.setIoStatus(STATUS_CANCELLED, 0);
      irp.io().completeRequest(irp);
    }

    @Override
    boolean clearCancelRoutine(Irp irp) {
      Irql irql = irp.io().acquireCancelSpinLock();
      boolean mine = irp.setCancelRoutine(null) != null;
      irp.io().releaseCancelSpinLock(irql);
      return mine;
    }
  }
}
