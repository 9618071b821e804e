package org.cancelsafe.hunter;

import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.trace.LanePrinter;
import org.cancelsafe.hunter.trace.Trace;

/** A report as a reviewer reads it: what is wrong, how it was found, how to see it again, then step by step. */
public final class ReportText {
  private ReportText() {}

  /** The report as text, with a line end at its end. */
  public static String of(Report report) {
    StringBuilder text = new StringBuilder();
    Finding finding = report.finding();
    if (finding == null) {
      text.append(report.scenario()).append(": ").append(report.verdict()).append("; ").append(report.how()).append('\n');
    } else {
      text.append(report.verdict() == Verdict.ERROR ? "ERROR      " : "VIOLATION  ");
      text.append(finding.rule()).append("  ").append(finding.message()).append('\n');
      text.append("scenario   ").append(report.scenario()).append(": ").append(report.scenario().about()).append('\n');
      text.append("found      ").append(report.how()).append("; ").append(counted(report.schedules(), "schedule"));
      text.append(" run\n");
    }
    Report.Counterexample counterexample = report.counterexample();
    if (counterexample == null) {
      return text.toString();
    }
    Trace trace = counterexample.trace();
    text.append("cost       ").append(counted(counterexample.preemptions(), "preemption")).append(", ");
    text.append(counted(counterexample.switches(), "context switch")).append(", ");
    text.append(counted(counterexample.replay().schedule().length, "step")).append('\n');
    text.append("replay     ./csq replay ").append(counterexample.replay()).append("\n\n");
    text.append(LanePrinter.print(trace)).append('\n');
    trace.sites().forEach(site -> text.append("site  ").append(site).append('\n'));
    if (finding != null && finding.cause() instanceof BugCheck bugCheck) {
      text.append("stop  ").append(bugCheck.getMessage()).append('\n');
    }
    if (trace.columns().stream().anyMatch(column -> column.name().startsWith("IRP#"))) {
      text.append("irp   where it is, C: Cancel is TRUE, CR: a cancel routine is set\n");
    }
    return text.toString();
  }

  private static String counted(long count, String what) {
    return count + " " + what + (count == 1 ? "" : what.endsWith("h") ? "es" : "s");
  }
}
