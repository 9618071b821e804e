package org.cancelsafe.examples.shipped;

import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** B-1. */
@AutoService(CatalogueEntry.class)
public final class B1 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-1", Family.ARMING, "The context is published after arming")
        .text(
            """
            The dispatch routine arms, tests `Cancel`, and only then sets the context and links the entry. A cancel
            routine that comes in between finds no context and completes the IRP without touching the list. The entry
            that is inserted then leads to an IRP that is gone.""")
        .shipped("Dokany until f8a542a13e42 (2026), `sys/event.c`, `sys/notification.c`.")
        .mistake(ArmsFirst.class)
        .correction(DokanEvents.class, "pend");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-1.broken")
            .about("Dokany: arms, then sets the context and links the entry")
            .expectingRace("DataRace")
            .model(DokanEvents.waitAndCancel(ArmsFirst::new)),
        Scenario.named("B-1.fixed")
            .about("Dokany: marks pending, links, sets the context, then arms")
            .model(DokanEvents.waitAndCancel(DokanEvents::new)));
  }

  private static final class ArmsFirst extends DokanEvents {
    @Override
    boolean pend(Dcb dcb, IrpEntry entry) {
      Irp irp = entry.irp;
      irp.markPending();
      irp.setCancelRoutine(this::cancel);
      if (irp.cancel() && irp.setCancelRoutine(null) != null) {
        return true;
      }
      irp.setDriverContext(DRIVER_CONTEXT_IRP_ENTRY, entry);
      dcb.notifyEvent.insertTail(entry.listEntry);
      return false;
    }

    @Override
    void cancel(DeviceObject device, Irp irp) {
      irp.io().releaseCancelSpinLock(irp.cancelIrql());
      IrpEntry entry = (IrpEntry) irp.driverContext(DRIVER_CONTEXT_IRP_ENTRY);
      if (entry != null) {
        remove(entry);
      } else {
        irp.setIoStatus(STATUS_CANCELLED, 0);
        irp.io().completeRequest(irp);
      }
    }
  }
}
