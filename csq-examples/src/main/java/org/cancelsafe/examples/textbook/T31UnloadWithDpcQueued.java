package org.cancelsafe.examples.textbook;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.drivers.PoolBlock;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Model;

/** T-31. */
@AutoService(CatalogueEntry.class)
public final class T31UnloadWithDpcQueued implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-31", Family.TEARDOWN, "Unloaded with a DPC on its way")
        .text(
            """
            Unload calls its timer off and frees what the DPC uses. KeCancelTimer returned FALSE: the timer has
            expired, and its DPC is queued or running. Somebody has to wait until it is done.""")
        .mistake(T31UnloadWithDpcQueued.class, "unload")
        .correction(T31UnloadWithDpcQueued.class, "unload");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-31.broken")
            .about("does not ask whether the timer could be called off")
            .expectingRace("DataRace")
            .model(unload(false)),
        Scenario.named("T-31.fixed")
            .about("waits for the DPC when the timer has expired")
            .model(unload(true)));
  }

  private static Model unload(boolean waits) {
    return machine -> {
      PoolBlock extension = new PoolBlock("extension");
      KEvent done = new KEvent("done", KEvent.Type.NOTIFICATION_EVENT, false);
      KTimer timer = new KTimer("Timer");
      KDpc dpc =
          new KDpc(
              "TimerDpc",
              (self, context, one, two) -> {
                extension.use();
                done.set();
              },
              null);
      machine.startThread(
          "Driver",
          () -> {
            timer.set(10, dpc);
            if (!timer.cancel() && waits) {
              done.waitForSingleObject();
            }
            extension.free();
          });
    };
  }
}
