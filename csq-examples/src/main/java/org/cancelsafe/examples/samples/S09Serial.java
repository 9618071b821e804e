package org.cancelsafe.examples.samples;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.hunter.scenario.Scenario;

/** S-9. */
@AutoService(CatalogueEntry.class)
public final class S09Serial implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("S-9", Family.DESIGNS, "A bit for everybody who may complete it")
        .text(
            """
            Whoever may complete the current read holds a bit of it: the interrupt service routine has the read's
            buffer, the cancel routine may be called, the timer may expire. Whoever wants to complete the read drops
            his own bit, takes from the others what he can take, with KeSynchronizeExecution, IoSetCancelRoutine and
            KeCancelTimer, and drops their bits; with no bit left he completes. Otherwise somebody is on his way, and
            will be the last. A driver that does not wait for the timer's bit, in the belief that KeCancelTimer has
            called the DPC off, completes the read under the DPC's feet.""")
        .shipped("Windows driver samples, `serial/serial`.")
        .mistake(IgnoresTimer.class)
        .correction(SerialDriver.class, "tryToComplete");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("S-9.broken")
            .about("does not wait for a timer that has expired")
            .expectingRace("UnhandledException")
            .model(SerialDriver.read(IgnoresTimer::new, false)),
        Scenario.named("S-9.fixed")
            .about("data comes while the timer expires")
            .model(SerialDriver.read(SerialDriver::new, false)),
        Scenario.named("S-9.fixed-cancel")
            .about("data comes while the timer expires and somebody cancels")
            .processors(1)
            .model(SerialDriver.read(SerialDriver::new, true)));
  }

  private static final class IgnoresTimer extends SerialDriver {
    IgnoresTimer(IoManager io) {
      super(io);
    }

    @Override
    boolean isLast() {
      return !holds(ISR) && !holds(CANCEL);
    }
  }
}
