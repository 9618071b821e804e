package org.cancelsafe.examples.textbook;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.function.Supplier;
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
        .mistake(Broken.class, "unload")
        .correction(Driver.class, "unload");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-31.broken")
            .about("does not ask whether the timer could be called off")
            .expectingRace("DataRace")
            .model(loadAndUnload(Broken::new)),
        Scenario.named("T-31.fixed")
            .about("waits for the DPC when the timer has expired")
            .model(loadAndUnload(Driver::new)));
  }

  private static class Driver {
    final PoolBlock extension = new PoolBlock("extension");
    final KEvent done = new KEvent("done", KEvent.Type.NOTIFICATION_EVENT, false);
    final KTimer timer = new KTimer("Timer");
    private final KDpc dpc = new KDpc("TimerDpc", (self, context, one, two) -> timerDpc(), null);

    final void load() {
      timer.set(10, dpc);
    }

    private void timerDpc() {
      extension.use();
      done.set();
    }

    void unload() {
      if (!timer.cancel()) {
        done.waitForSingleObject();
      }
      extension.free();
    }
  }

  private static final class Broken extends Driver {
    @Override
    void unload() {
      timer.cancel();
      extension.free();
    }
  }

  private static Model loadAndUnload(Supplier<Driver> made) {
    return machine -> {
      Driver driver = made.get();
      machine.startThread(
          "Driver",
          () -> {
            driver.load();
            driver.unload();
          });
    };
  }
}
