package org.cancelsafe.examples.textbook;

import java.util.List;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.hunter.scenario.Scenario;

/**
 * T-4: having armed, the dispatch routine sees {@code Cancel} and completes the IRP, whatever its exchange returned.
 * When that was NULL, IoCancelIrp has the routine, and the cancel routine goes on to unlink and complete an IRP that is
 * gone.
 */
public final class T04IgnoresExchange {
  private T04IgnoresExchange() {}

  private static final class Broken extends PendingReadDriver {
    @Override
    protected boolean makeCancelable(Irp irp) {
      irp.setCancelRoutine(this::cancel);
      if (irp.cancel()) {
        irp.setCancelRoutine(null);
        irp.listEntry().removeEntry();
        return true;
      }
      return false;
    }
  }

  /** The mistake, then how it is done right. */
  public static List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-4.broken")
            .about("sees Cancel after arming, and completes without winning the exchange")
            .expectingRace("IrpTouchedAfterCompletion")
            .model(Requests.readWhileCancelling(Broken::new)),
        Scenario.named("T-4.fixed")
            .about("completes only if its exchange returned the routine")
            .model(Requests.readWhileCancelling(PendingReadDriver::new)));
  }
}
