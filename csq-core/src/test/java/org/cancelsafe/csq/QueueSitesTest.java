package org.cancelsafe.csq;

import static java.util.Objects.requireNonNull;
import static org.cancelsafe.csq.TestDriver.stops;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** Of a mistake that the queue finds, the lines of source that are named are the driver's, not the queue's. */
class QueueSitesTest {
  private static List<String> sites(Scenario.Model model) {
    Report report = Hunter.explore(Scenario.named("sites").model(model));
    assertEquals(Verdict.RACE, report.verdict(), () -> ReportText.of(report));
    List<String> sites = requireNonNull(report.counterexample()).trace().sites();
    assertFalse(sites.isEmpty());
    return sites;
  }

  private static void assertDrivers(List<String> sites) {
    sites.forEach(site -> assertTrue(site.contains("QueueSitesTest.java:"), site));
  }

  @Test
  void ofAnIrpThatIsInsertedTwice() {
    assertDrivers(
        sites(
            machine -> {
              IoCsq csq = new IoCsq();
              csq.initialize(new FifoCallbacks("queue"));
              Irp irp = requireNonNull(IoManager.of(machine).allocateIrp(1));
              irp.setNextStackLocation();
              machine.startThread("One", () -> csq.insertIrp(irp, null));
              machine.startThread("Other", () -> csq.insertIrp(irp, null));
            }));
  }

  @Test
  void ofAContextThatIsUsedForTwoIrps() {
    assertDrivers(
        sites(
            machine -> {
              IoCsq csq = new IoCsq();
              csq.initialize(new FifoCallbacks("queue"));
              IoCsqIrpContext context = new IoCsqIrpContext();
              for (String name : List.of("One", "Other")) {
                Irp irp = requireNonNull(IoManager.of(machine).allocateIrp(1));
                irp.setNextStackLocation();
                machine.startThread(name, () -> csq.insertIrp(irp, context));
              }
            }));
  }

  @Test
  void ofABugCheck() {
    BugCheck stop =
        stops(
            Rule.CORRUPT_LIST_ENTRY,
            driver -> {
              IoCsq csq = new IoCsq();
              csq.initialize(new FifoCallbacks("queue"));
              Irp irp = driver.irp();
              csq.insertIrp(irp, null);
              csq.insertIrp(irp, null);
            });
    assertTrue(requireNonNull(stop.site()).startsWith("QueueSitesTest.java:"), stop::getMessage);
  }
}
