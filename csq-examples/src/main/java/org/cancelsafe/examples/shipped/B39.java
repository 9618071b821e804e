package org.cancelsafe.examples.shipped;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.csq.FifoCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.drivers.QueueDevice;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/** B-39. */
@AutoService(CatalogueEntry.class)
public final class B39 implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("B-39", Family.REMOVING, "The next one is the same one")
        .text(
            """
            The callback that peeks derives the next IRP from the wrong link: asked for the one after the head, it
            returns the head. As long as nobody cancels, the first one asked for is always taken, and every test
            passes. When the head is being cancelled, IoCsqRemoveNextIrp asks for the next one for ever, with the lock
            held that the cancel routine waits for.""")
        .shipped("ReactOS, `modules/rostests/drivers/csqtest/csqtest.c` at ae3bfa94.")
        .mistake(SamePeek.class);
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("B-39.broken")
            .about("csqtest: PeekNextIrp returns the head whatever it is asked")
            .expectingRace("NoProgress")
            .model(QueueDevice.insertCancelRemove(() -> new SamePeek())),
        Scenario.named("B-39.fixed")
            .about("csqtest: PeekNextIrp goes on from the IRP it is given")
            .model(QueueDevice.insertCancelRemove(() -> new FifoCallbacks("queue"))));
  }

  private static final class SamePeek extends FifoCallbacks {
    SamePeek() {
      super("queue");
    }

    @Override
    public @Nullable Irp peekNextIrp(IoCsq csq, @Nullable Irp irp, @Nullable Object peekContext) {
      return super.peekNextIrp(csq, null, peekContext);
    }
  }
}
