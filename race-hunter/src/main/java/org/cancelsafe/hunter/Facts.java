package org.cancelsafe.hunter;

import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.IrpEvent;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.trace.Trace;

/** What a report says besides its trace: the same in text, Markdown, HTML and JSON. */
public final class Facts {
  private Facts() {}

  /** What was found out, in one word: {@code VIOLATION}, {@code ERROR}, or {@code verdict}. */
  public static String kind(Report report) {
    return report.finding() == null ? "verdict" : report.verdict() == Verdict.ERROR ? "ERROR" : "VIOLATION";
  }

  /** What was found out, in one sentence. */
  public static String headline(Report report) {
    Finding finding = report.finding();
    return finding == null
        ? report.scenario() + ": " + report.verdict() + "; " + report.how()
        : finding.rule() + "  " + finding.message();
  }

  /** What a reader wants to know before the trace. */
  public static List<Fact> before(Report report) {
    List<Fact> facts = new ArrayList<>();
    Finding finding = report.finding();
    if (finding == null) {
      return facts;
    }
    facts.add(new Fact("scenario", report.scenario() + ": " + report.scenario().about()));
    facts.add(new Fact("found", report.how() + "; " + counted(report.schedules(), "schedule") + " run"));
    if (finding.cause() instanceof BugCheck bugCheck) {
      facts.add(new Fact("stop", bugCheck.stopCode()));
    }
    Report.Counterexample counterexample = report.counterexample();
    if (counterexample != null) {
      facts.add(
          new Fact(
              "cost",
              counted(counterexample.preemptions(), "preemption") + ", "
                  + counted(counterexample.switches(), "context switch") + ", "
                  + counted(counterexample.replay().schedule().length, "step")));
    }
    return facts;
  }

  /** The command that runs the counterexample again. */
  public static String replay(Report.Counterexample counterexample) {
    return "./csq replay " + counterexample.replay();
  }

  /** What a reader wants to know after the trace. */
  public static List<Fact> after(Trace trace) {
    List<Fact> facts = new ArrayList<>();
    trace.sites().forEach(site -> facts.add(new Fact("site", site)));
    facts.add(new Fact("hold", trace.holds().isEmpty() ? "no spin lock is held" : String.join("; ", trace.holds())));
    return facts;
  }

  /**
   * What happened last to the IRP that a bug check is about, the earliest first: one fact for what somebody did to it
   * at one IRQL, before it was somebody else's turn.
   */
  public static List<Fact> history(Report report) {
    List<Fact> facts = new ArrayList<>();
    Finding finding = report.finding();
    if (finding == null || !(finding.cause() instanceof BugCheck bugCheck)) {
      return facts;
    }
    String who = "";
    List<String> deeds = new ArrayList<>();
    for (IrpEvent event : bugCheck.irpHistory()) {
      String doer = event.activity() + " at " + event.irql();
      if (!doer.equals(who) && !deeds.isEmpty()) {
        facts.add(new Fact("history", who + ": " + String.join("; ", deeds)));
        deeds.clear();
      }
      who = doer;
      deeds.add(event.what());
    }
    if (!deeds.isEmpty()) {
      facts.add(new Fact("history", who + ": " + String.join("; ", deeds)));
    }
    return facts;
  }

  /** How the columns of the trace are to be read. */
  public static List<Fact> legend(Trace trace) {
    List<Fact> facts = new ArrayList<>();
    facts.add(new Fact("cpu", "who has it to himself, and the IRQL; 0: threads below DISPATCH_LEVEL"));
    if (trace.columns().stream().anyMatch(column -> column.name().startsWith("IRP#"))) {
      facts.add(new Fact("irp", "where it is; C: Cancel is TRUE; CR: a cancel routine is set"));
    }
    if (trace.steps().stream().flatMap(step -> step.states().stream()).anyMatch(state -> state.contains(" !"))) {
      facts.add(new Fact("lock", "who holds it; !1: one more spins for it"));
    }
    return facts;
  }

  static String counted(long count, String what) {
    return count + " " + what + (count == 1 ? "" : what.endsWith("h") ? "es" : "s");
  }
}
