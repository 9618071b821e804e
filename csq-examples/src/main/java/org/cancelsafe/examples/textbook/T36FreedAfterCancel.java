package org.cancelsafe.examples.textbook;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.function.Consumer;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.drivers.OwnRequest;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Model;

/** T-36. */
@AutoService(CatalogueEntry.class)
public final class T36FreedAfterCancel implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-36", Family.COMPLETION, "IoCancelIrp returned TRUE, and the IRP is freed")
        .text(
            """
            IoCancelIrp returned TRUE: a cancel routine was called. That does not say that the IRP is completed. The
            driver may complete it later, from a DPC or another thread; whoever made the IRP has it back when its
            completion routine is called, and not before.""")
        .mistake(CancelsLater.class, "cancel")
        .mistake(T36FreedAfterCancel.class, "freesAtOnce")
        .correction(T36FreedAfterCancel.class, "waits");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-36.broken")
            .about("frees the IRP when IoCancelIrp has returned TRUE")
            .expectingRace("IoFreeIrp")
            .model(sendAndCancel(T36FreedAfterCancel::freesAtOnce)),
        Scenario.named("T-36.fixed")
            .about("waits for the completion, then frees")
            .model(sendAndCancel(T36FreedAfterCancel::waits)));
  }

  private static void freesAtOnce(OwnRequest read) {
    read.send();
    if (!read.cancel()) {
      read.await();
    }
    read.free();
  }

  private static void waits(OwnRequest read) {
    read.send();
    read.cancel();
    read.await();
    read.free();
  }

  private static Model sendAndCancel(Consumer<OwnRequest> client) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      OwnRequest read = new OwnRequest(io, new CancelsLater().addDevice(io));
      machine.startThread("Client", () -> client.accept(read));
    };
  }
}
