package org.cancelsafe.examples.textbook;

import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** T-42. */
@AutoService(CatalogueEntry.class)
public final class T42ReturnsAtDispatchLevel implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-42", Family.COMPLETION, "The dispatch routine returns at DISPATCH_LEVEL")
        .text(
            """
            On the way that is hardly ever taken, where the IRP was cancelled before it was queued, the lock is given
            back with KeReleaseSpinLockFromDpcLevel, and the IRQL stays where the acquire has raised it. The caller
            goes on at DISPATCH_LEVEL and fails much later, at its next wait.""")
        .mistake(Broken.class, "read")
        .correction(PendingReadDriver.class, "read");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-42.broken")
            .about("returns at DISPATCH_LEVEL when the IRP was cancelled")
            .expectingRace("IrqlDispatchReturn")
            .model(Requests.readWhileCancelling(Broken::new)),
        Scenario.named("T-42.fixed")
            .about("lowers the IRQL on every way out")
            .model(Requests.readWhileCancelling(PendingReadDriver::new)));
  }

  private static final class Broken extends PendingReadDriver {
    @Override
    protected NtStatus read(DeviceObject device, Irp irp) {
      Extension extension = extensionOf(device);
      Irql irql = extension.lock.acquire();
      irp.markPending();
      extension.queue.insertTail(irp.listEntry());
      if (makeCancelable(irp)) {
        extension.lock.releaseFromDpcLevel();
        complete(irp, STATUS_CANCELLED);
      } else {
        extension.lock.release(irql);
      }
      return STATUS_PENDING;
    }
  }
}
