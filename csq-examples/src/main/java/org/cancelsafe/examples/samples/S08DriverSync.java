package org.cancelsafe.examples.samples;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.drivers.Expect;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/** S-8. */
@AutoService(CatalogueEntry.class)
public final class S08DriverSync implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("S-8", Family.DESIGNS, "A counter of who may touch the request")
        .text(
            """
            The same as S-7 without a common lock. Each request has a counter of who may still touch it. It begins with
            one, for the cancel callback. The timer adds itself, under the lock, before it tries to take the cancel
            routine back. If it gets it, both are counted out and it completes; if not, each counts itself out, and the
            last one completes.""")
        .shipped("Windows driver samples, `general/echo/kmdf/driver/DriverSync`.")
        .mistake(NotCounted.class)
        .mistake(OneTooFew.class)
        .correction(DriverSync.class, "cancel")
        .correction(DriverSync.class, "timer")
        .correction(DriverSync.class, "countIn")
        .correction(DriverSync.class, "countOut");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("S-8.not-counted")
            .about("the timer does not count itself in")
            .expectingRace("IrpTouchedAfterCompletion")
            .model(EchoDriver.sendAndCancel(NotCounted::new)),
        Scenario.named("S-8.one-too-few")
            .about("the timer, having got the routine, counts only itself out")
            .expectingRace("AssertionFailed")
            .model(EchoDriver.sendAndCancel(OneTooFew::new)),
        Scenario.named("S-8.fixed")
            .about("who counts out last completes")
            .model(EchoDriver.sendAndCancel(DriverSync::new)));
  }

  private static final class NotCounted extends DriverSync {
    @Override
    @Nullable Irp countIn() {
      Irql irql = lock.acquire();
      Irp irp = currentRequest.get();
      lock.release(irql);
      return irp;
    }

    @Override
    boolean countOut(int owners) {
      return super.countOut(1);
    }
  }

  private static final class OneTooFew extends DriverSync {
    @Override
    boolean countOut(int owners) {
      boolean last = super.countOut(1);
      Expect.that(last || owners == 1, "the request is completed, and is still the current one");
      return last;
    }
  }
}
