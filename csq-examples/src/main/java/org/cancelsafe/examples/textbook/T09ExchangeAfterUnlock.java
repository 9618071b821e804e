package org.cancelsafe.examples.textbook;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/** T-9. */
@AutoService(CatalogueEntry.class)
public final class T09ExchangeAfterUnlock implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-9", Family.REMOVING, "Unlinked under the lock, claimed after it")
        .text(
            """
            The IRP is unlinked under the lock, but claimed only afterwards. In between, a cancel routine that is
            called unlinks an IRP that is in no list.""")
        .shipped("Dokany (B-4).")
        .mistake(Broken.class)
        .correction(PendingReadDriver.class, "claimNext");
  }

  private static final class Broken extends PendingReadDriver {
    @Override
    protected @Nullable Irp dequeue(Extension extension) {
      Irql irql = extension.lock.acquire();
      ListEntry entry = extension.queue.removeHead();
      extension.lock.release(irql);
      if (entry == extension.queue) {
        return null;
      }
      Irp irp = Irp.fromListEntry(entry);
      return irp.setCancelRoutine(null) != null ? irp : null;
    }
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-9.broken")
            .about("unlinks under the lock, exchanges after it")
            .expectingRace("CorruptListEntry")
            .model(Requests.writeWhileCancelling(Broken::new)),
        Scenario.named("T-9.fixed")
            .about("unlinks and exchanges under one lock")
            .model(Requests.writeWhileCancelling(PendingReadDriver::new)));
  }
}
