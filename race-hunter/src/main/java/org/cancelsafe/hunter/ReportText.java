package org.cancelsafe.hunter;

import com.google.common.base.Strings;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.trace.LanePrinter;
import org.cancelsafe.hunter.trace.PlainText;
import org.cancelsafe.hunter.trace.Trace;
import org.cancelsafe.hunter.trace.Wrap;

/** A report as a reviewer reads it: what is wrong, how it was found, how to see it again, then step by step. */
public final class ReportText {
  private static final int WIDTH = 120;
  private static final int LABEL = 11;

  private final StringBuilder text = new StringBuilder();

  private ReportText() {}

  /** The report as text, with a line end at its end. */
  public static String of(Report report) {
    ReportText text = new ReportText();
    text.verdict(report);
    if (report.counterexample() != null) {
      text.counterexample(report.counterexample());
      text.details(report.counterexample().trace());
    }
    return text.text.toString();
  }

  private void verdict(Report report) {
    Finding finding = report.finding();
    if (finding == null) {
      line("verdict", report.scenario() + ": " + report.verdict() + "; " + report.how());
      return;
    }
    line(report.verdict() == Verdict.ERROR ? "ERROR" : "VIOLATION", finding.rule() + "  " + finding.message());
    line("scenario", report.scenario() + ": " + report.scenario().about());
    line("found", report.how() + "; " + counted(report.schedules(), "schedule") + " run");
    if (finding.cause() instanceof BugCheck bugCheck) {
      line("stop", bugCheck.stopCode());
    }
  }

  private void counterexample(Report.Counterexample counterexample) {
    line(
        "cost",
        counted(counterexample.preemptions(), "preemption")
            + ", "
            + counted(counterexample.switches(), "context switch")
            + ", "
            + counted(counterexample.replay().schedule().length, "step"));
    text.append(label("replay")).append("./csq replay ").append(counterexample.replay()).append("\n\n");
    text.append(LanePrinter.print(counterexample.trace())).append('\n');
  }

  private void details(Trace trace) {
    trace.sites().forEach(site -> line("site", site));
    line("hold", trace.holds().isEmpty() ? "no spin lock is held" : String.join("; ", trace.holds()));
    line("cpu", "who has it to himself, and the IRQL; 0: threads below DISPATCH_LEVEL");
    if (trace.columns().stream().anyMatch(column -> column.name().startsWith("IRP#"))) {
      line("irp", "where it is; C: Cancel is TRUE; CR: a cancel routine is set");
    }
    if (trace.steps().stream().flatMap(step -> step.states().stream()).anyMatch(state -> state.contains(" !"))) {
      line("lock", "who holds it; !1: one more spins for it");
    }
  }

  private void line(String label, String value) {
    String start = label(label);
    for (String part : Wrap.at(WIDTH - LABEL, PlainText.of(value))) {
      text.append(start).append(part).append('\n');
      start = " ".repeat(LABEL);
    }
  }

  private static String label(String label) {
    return Strings.padEnd(label, LABEL, ' ');
  }

  private static String counted(long count, String what) {
    return count + " " + what + (count == 1 ? "" : what.endsWith("h") ? "es" : "s");
  }
}
