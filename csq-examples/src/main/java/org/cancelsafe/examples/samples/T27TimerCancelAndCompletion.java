package org.cancelsafe.examples.samples;

import com.google.auto.service.AutoService;
import java.util.List;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.examples.catalogue.CatalogueEntry;
import org.cancelsafe.examples.catalogue.Family;
import org.cancelsafe.examples.catalogue.Story;
import org.cancelsafe.examples.drivers.EventDriver;
import org.cancelsafe.hunter.scenario.Scenario;

/** T-27. */
@AutoService(CatalogueEntry.class)
public final class T27TimerCancelAndCompletion implements CatalogueEntry {
  @Override
  public Story story() {
    return Story.of("T-27", Family.TEARDOWN, "A timer and a cancel routine are done with one record")
        .text(
            """
            KeCancelTimer returned FALSE. That says that the timer expired, not that its DPC has run: it may be queued,
            or running on another processor, waiting for the lock. A cancel routine that frees the record then frees it
            under the DPC's feet. And a DPC that completes the IRP without asking the exchange completes what the
            cancel routine completes.""")
        .mistake(FreesOnFalse.class, "freeUnlessDpcDoes")
        .mistake(CompletesInBoth.class, "isMine")
        .correction(EventDriver.class, "freeUnlessDpcDoes")
        .correction(EventDriver.class, "isMine");
  }

  @Override
  public List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-27.frees")
            .about("the cancel routine frees the record although the DPC is on its way")
            .expectingRace("AssertionFailed")
            .model(EventDriver.cancel(FreesOnFalse::new)),
        Scenario.named("T-27.completes")
            .about("the DPC completes the IRP without winning the exchange")
            .expectingRace("IrpTouchedAfterCompletion")
            .model(EventDriver.cancel(CompletesInBoth::new)),
        Scenario.named("T-27.fixed")
            .about("whichever of the two is last frees; the exchange says who completes")
            .model(EventDriver.cancel(EventDriver::new)));
  }

  private static final class FreesOnFalse extends EventDriver {
    @Override
    protected void freeUnlessDpcDoes(Record record) {
      record.timer.cancel();
      record.memory.free();
    }
  }

  private static final class CompletesInBoth extends EventDriver {
    @Override
    protected boolean isMine(Irp irp) {
      irp.setCancelRoutine(null);
      return true;
    }
  }
}
