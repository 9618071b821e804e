package org.cancelsafe.hunter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** The two lines of source in a report are those of the two that nothing orders, whoever else was there between. */
class SitesTest {
  private int first;
  private int second;

  private static int lineOf(Object done) {
    return StackWalker.getInstance().walk(frames -> frames.skip(1).findFirst().orElseThrow().getLineNumber());
  }

  private static List<String> sites(Scenario.Model model) {
    Report report = Hunter.explore(Scenario.named("sites").model(model));
    assertEquals(Verdict.RACE, report.verdict(), () -> ReportText.of(report));
    return report.counterexample().trace().sites();
  }

  @Test
  void ofADataRaceTheReadThatIsNotOrdered() {
    List<String> sites =
        sites(
            machine -> {
              Shared<Integer> cell = new Shared<>("cell", 0);
              KEvent read = new KEvent("read", KEvent.Type.NOTIFICATION_EVENT, false);
              machine.startThread("Unordered", () -> first = lineOf(cell.get()));
              machine.startThread(
                  "Ordered",
                  () -> {
                    cell.get();
                    read.set();
                  });
              machine.startThread(
                  "Writer",
                  () -> {
                    read.waitForSingleObject();
                    second = lineOf("the next line but one");

                    cell.set(1);
                  });
            });
    assertEquals(
        List.of(
            "earlier access to cell at SitesTest.java:" + first,
            "later access to cell at SitesTest.java:" + (second + 2)),
        sites);
  }

  @Test
  void ofAnIrpTheUseThatIsNotOrdered() {
    List<String> sites =
        sites(
            machine -> {
              IoManager io = IoManager.of(machine);
              Irp irp = io.allocateIrp(1);
              irp.setNextStackLocation();
              machine.startThread("User", () -> first = lineOf(irp.driverContext(0) == null));
              machine.startThread(
                  "Owner",
                  () -> {
                    irp.driverContext(1);
                    second = lineOf("the next line but one");

                    io.completeRequest(irp);
                  });
            });
    assertEquals(
        List.of("use of IRP#1 at SitesTest.java:" + first, "end of IRP#1 at SitesTest.java:" + (second + 2)), sites);
  }
}
