package org.cancelsafe.hunter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Collectors;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** A report says what happened to the IRP that its bug check is about, also where there is no trace. */
class IrpHistoryInReportTest {
  private static final Scenario TWICE =
      Scenario.named("twice").model(machine -> machine.startThread("T", () -> completeTwice(machine)));

  private static final List<String> HISTORY =
      List.of(
          "T at PASSIVE_LEVEL: xchg IRP#1.CancelRoutine := NULL",
          "T at DISPATCH_LEVEL: read IRP#1.Cancel; read IRP#1.Cancel",
          "T at PASSIVE_LEVEL: IoCompleteRequest(IRP#1); IoCompleteRequest(IRP#1)");

  private static void completeTwice(Machine machine) {
    IoManager io = IoManager.of(machine);
    Irp irp = io.allocateIrp(1);
    irp.setCancelRoutine(null);
    Irql old = Ke.raiseIrqlToDpcLevel();
    irp.cancel();
    irp.cancel();
    Ke.lowerIrql(old);
    io.completeRequest(irp);
    io.completeRequest(irp);
  }

  private static String lines(List<String> lines, String start) {
    return lines.stream().map(line -> start + line + "\n").collect(Collectors.joining());
  }

  @Test
  void itIsGroupedByWhoDidItAtWhichIrql() {
    Report report = Hunter.explore(TWICE);
    assertEquals(HISTORY, Facts.history(report).stream().map(Fact::value).toList());
    assertTrue(ReportText.of(report).contains(lines(HISTORY, "history    ")), ReportText.of(report));
    assertTrue(ReportHtml.of(report).contains("<dl class=\"facts history\">\n<dt>history</dt><dd>T at PASSIVE_LEVEL"));
  }

  @Test
  void liveReportsHaveItToo() {
    Hammer hammer = new Hammer(TWICE, 1);
    hammer.hammer(1);
    Report report = hammer.report();
    assertTrue(ReportText.of(report).endsWith(lines(HISTORY, "history    ")), ReportText.of(report));
    assertTrue(ReportMarkdown.of(report).contains("**history**"));
    assertTrue(ReportHtml.of(report).contains("<dt>history</dt>"));
  }

  @Test
  void whatIsAboutNoIrpHasNone() {
    Report report =
        Hunter.explore(
            Scenario.named("recursion")
                .model(
                    machine -> {
                      KSpinLock lock = new KSpinLock("L");
                      machine.startThread(
                          "T",
                          () -> {
                            lock.acquire();
                            lock.acquire();
                          });
                    }));
    assertEquals(Verdict.RACE, report.verdict());
    assertEquals(List.of(), Facts.history(report));
    assertFalse(ReportHtml.of(report).contains("facts history"));
  }
}
