package org.cancelsafe.hunter.trace;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** An IRP that IoReuseIrp has made new was never completed, as far as its trace goes. */
class ReusedIrpTest {
  private static final Scenario REUSED =
      Scenario.named("reused").model(machine -> machine.startThread("T", () -> completeReuseCompleteTwice(machine)));

  private static void completeReuseCompleteTwice(Machine machine) {
    IoManager io = IoManager.of(machine);
    Irp irp = requireNonNull(io.allocateIrp(1));
    complete(io, irp);
    irp.reuse(NtStatus.STATUS_SUCCESS);
    complete(io, irp);
    io.completeRequest(irp);
  }

  private static void complete(IoManager io, Irp irp) {
    irp.setNextStackLocation();
    io.completeRequest(irp);
  }

  @Test
  void itsStateIsThatAfterReuse() {
    Report report = Hunter.explore(REUSED);
    assertEquals("DoubleCompletion", report.rule());
    Trace trace = requireNonNull(report.counterexample()).trace();
    assertEquals(
        List.of(
            "IoCompleteRequest(IRP#1): done - -",
            "IoReuseIrp(IRP#1): - - -",
            "IoCompleteRequest(IRP#1): done - -",
            "IoCompleteRequest(IRP#1) << already completed at #2: done - -"),
        trace.steps().stream()
            .filter(step -> !step.violates())
            .map(step -> step.text() + ": " + step.states().get(0))
            .toList());
  }
}
