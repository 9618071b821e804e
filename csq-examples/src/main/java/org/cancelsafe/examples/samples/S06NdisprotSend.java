package org.cancelsafe.examples.samples;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** S-6. */
@AutoService(CatalogueEntry.class)
public final class S06NdisprotSend implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("S-6", Family.DESIGNS, "The cancel routine only asks")
        .text(
            """
            A write is given to the driver below, which alone completes it; the cancel routine asks for it to be
            aborted, and never completes it. So the write can be completed while its cancel routine is on its way. What
            makes it safe is a rendezvous: the cancel routine does its work under the cancel spin lock and gives that
            back last; who completes, having found the routine gone, takes that lock once and gives it back. Then the
            cancel routine is through. Without the rendezvous the cancel routine reads an IRP that is gone.""")
        .shipped("Windows driver samples, ndisprot 6x, `send.c`.")
        .mistake(NdisprotSend.class, "cancel")
        .mistake(NoRendezvous.class)
        .correction(NdisprotSend.class, "sendComplete")
        .correction(NdisprotSend.class, "awaitCancelRoutine");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("S-6.broken")
            .about("completes a write whose cancel routine is on its way")
            .expectingRace("IrpTouchedAfterCompletion")
            .model(NdisprotSend.sendAndCancel(NoRendezvous::new)),
        Scenario.named("S-6.fixed")
            .about("waits until the cancel routine has given the cancel lock back")
            .model(NdisprotSend.sendAndCancel(NdisprotSend::new)));
  }

  private static final class NoRendezvous extends NdisprotSend {
    NoRendezvous(IoManager io) {
      super(io);
    }

    @Override
    void awaitCancelRoutine() {}
  }
}
