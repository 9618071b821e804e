package org.cancelsafe.examples.shipped;

import static java.util.Objects.requireNonNull;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** B-4. */
@AutoService(CatalogueEntry.class)
public final class B4 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-4", Family.REMOVING, "Dequeued now, claimed later")
        .text(
            """
            The entries are moved to a private list under the lock, and claimed and completed one by one after it. A
            cancel routine that comes in between unlinks its entry, from a list that no lock guards any more, and frees
            it; the loop goes on through freed memory.""")
        .shipped("Dokany until 18bae9735043 (2023), `sys/event.c`; dokan-dev/dokany#1188.")
        .mistake(ClaimsLate.class)
        .correction(DokanEvents.class, "release");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-4.broken")
            .about("Dokany: moves the entries under the lock, claims them after it")
            .expectingRace("CorruptListEntry")
            .model(DokanEvents.cancelAndRelease(ClaimsLate::new)),
        Scenario.named("B-4.fixed")
            .about("Dokany: claims each entry as it is removed, leaves the losers")
            .model(DokanEvents.cancelAndRelease(DokanEvents::new)));
  }

  private static final class ClaimsLate extends DokanEvents {
    @Override
    void release(Dcb dcb) {
      ListEntry toComplete = new ListEntry("completeList");
      Irql irql = dcb.listLock.acquire();
      while (!dcb.notifyEvent.isEmpty()) {
        toComplete.insertTail(dcb.notifyEvent.removeHead());
      }
      dcb.listLock.release(irql);
      while (!toComplete.isEmpty()) {
        IrpEntry entry = (IrpEntry) requireNonNull(toComplete.removeHead().container());
        if (entry.irp.setCancelRoutine(null) != null) {
          complete(entry, STATUS_SUCCESS);
        }
      }
    }
  }
}
