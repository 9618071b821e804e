package org.cancelsafe.examples.systems;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** What one processor cannot show and two show. */
@AutoService(CatalogueEntry.class)
public final class OneBoxTwoProcessors implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("one-box", Family.DESIGNS, "Right on one processor")
        .text(
            """
            Raising to DISPATCH_LEVEL keeps every other thread off the processor. Where there is one, that is as good as
            a lock, and the driver has passed all its tests. Where there are two, it is nothing.""")
        .mistake(OneBoxTwoProcessors.class, "increment");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("one-box.one-processor")
            .about("a counter without a lock, at DISPATCH_LEVEL, one processor")
            .processors(1)
            .model(OneBoxTwoProcessors::countAtDispatchLevel),
        Scenario.named("one-box.two-processors")
            .about("a counter without a lock, at DISPATCH_LEVEL, two processors")
            .expectingRace("DataRace")
            .processors(2)
            .model(OneBoxTwoProcessors::countAtDispatchLevel));
  }

  private static void countAtDispatchLevel(Machine machine) {
    Shared<Integer> counter = new Shared<>("counter", 0);
    machine.startThread("A", () -> increment(counter));
    machine.startThread("B", () -> increment(counter));
    machine.afterwards(
        () -> {
          if (counter.get() != 2) {
            throw new AssertionError("the counter stands at " + counter.get());
          }
        });
  }

  private static void increment(Shared<Integer> counter) {
    Irql old = Ke.raiseIrqlToDpcLevel();
    counter.set(counter.get() + 1);
    Ke.lowerIrql(old);
  }
}
