package org.cancelsafe.examples.samples;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** T-40. */
@AutoService(CatalogueEntry.class)
public final class T40LostWakeUp implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-40", Family.WAKE_UPS, "The worker ends, and work is left")
        .text(
            """
            The worker found the queue empty, and says that it is gone. In between a read came in, saw that there is a
            worker, and started none. The worker has to look once more after it has said so; counting the flag down
            instead of clearing it is that look.

            Another way to the same end is to look whether the queue is empty before its lock is held.""")
        .mistake(Clears.class, "mayEnd")
        .correction(CancelSafeFilter.class, "mayEnd")
        .correction(CancelSafeFilter.class, "work");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-40.broken")
            .about("clears the flag and ends, whoever has relied on it")
            .expectingRace("AssertionFailed")
            .model(CancelSafeFilter.readTwice(Clears::new)),
        Scenario.named("T-40.fixed")
            .about("counts the flag down, and ends at zero")
            .model(CancelSafeFilter.readTwice(CancelSafeFilter::new)));
  }

  private static final class Clears extends CancelSafeFilter {
    Clears(Machine machine) {
      super(machine);
    }

    @Override
    boolean mayEnd() {
      workerFlag.write(0);
      return true;
    }
  }
}
