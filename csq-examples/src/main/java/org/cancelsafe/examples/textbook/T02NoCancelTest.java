package org.cancelsafe.examples.textbook;

import java.util.List;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.hunter.scenario.Scenario;

/**
 * T-2: nobody tests {@code Cancel} after arming. An IRP that was cancelled before it had a cancel routine waits for
 * ever: IoCancelIrp found no routine to call, and does not come again.
 */
public final class T02NoCancelTest {
  private T02NoCancelTest() {}

  private static final class Broken extends PendingReadDriver {
    @Override
    protected boolean makeCancelable(Irp irp) {
      irp.setCancelRoutine(this::cancel);
      return false;
    }
  }

  /** The mistake, then how it is done right. */
  public static List<Scenario> scenarios() {
    return List.of(
        Scenario.named("T-2.broken")
            .about("arms and does not test Cancel")
            .expectingRace("CancelledIrpNotCompleted")
            .model(Requests.readWhileCancelling(Broken::new)),
        Scenario.named("T-2.fixed")
            .about("arms, then tests Cancel")
            .model(Requests.readWhileCancelling(PendingReadDriver::new)));
  }
}
