package org.cancelsafe.testkit.junit;

import java.util.Set;
import java.util.function.Consumer;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.scenario.Scenario.Expectation;
import org.cancelsafe.testkit.junit.HuntRun.Outcome;
import org.opentest4j.TestAbortedException;

/** Decides whether a test has passed. */
final class Verdicts {
  private static final Set<String> EXHAUSTIVE = Set.of("auto", "dpor", "dfs");

  private final RaceHunt hunt;
  private final FailureAtModel failure;
  private final Consumer<String> reporter;

  Verdicts(RaceHunt hunt, FailureAtModel failure, Consumer<String> reporter) {
    this.hunt = hunt;
    this.failure = failure;
    this.reporter = reporter;
  }

  /** The whole report: the trace, what was found live, how to see it again. */
  static String text(Outcome outcome) {
    Report report = outcome.report();
    StringBuilder text = new StringBuilder(ReportText.of(report));
    Report live = outcome.live();
    if (live != null) {
      text.append("live       found ").append(live.how()).append(": ").append(live.rule()).append('\n');
    }
    if (report.verdict() == Verdict.RACE && report.counterexample() != null) {
      text.append("again      @RaceHunt(replay = \"").append(report.counterexample().replay()).append("\")\n");
    }
    return text.toString();
  }

  /** Returns when the test has passed; throws when it has not. */
  void judge(Outcome outcome) {
    Report report = outcome.report();
    Finding finding = report.finding();
    if (finding != null && finding.cause() instanceof TestAbortedException aborted) {
      throw aborted;
    }
    if (report.verdict() == Verdict.ERROR) {
      throw failure.error(report, text(outcome));
    }
    if (report.scenario().expectation() == Expectation.RACE) {
      judgeExpected(outcome);
    } else if (report.verdict() == Verdict.RACE) {
      throw failure.of(report, "race in " + report.scenario() + ": " + report.rule() + "\n" + text(outcome));
    } else if (report.verdict() == Verdict.CLEAN_WITHIN_BUDGET
        && EXHAUSTIVE.contains(hunt.strategy())
        && hunt.replay().isEmpty()) {
      incomplete(report);
    }
  }

  private void judgeExpected(Outcome outcome) {
    Report report = outcome.report();
    String rule = report.scenario().rule();
    String expected = "expected a race" + (rule.isEmpty() ? "" : " that breaks " + rule) + " in " + report.scenario();
    if (report.verdict() != Verdict.RACE) {
      throw failure.of(report, expected + ", and found none\n" + text(outcome));
    }
    if (!report.isAsExpected()) {
      throw failure.of(report, expected + ", and found one that breaks " + report.rule() + "\n" + text(outcome));
    }
  }

  private void incomplete(Report report) {
    String text =
        String.format(
            "%s: clean within its budget, not verified: %,d schedules in %.1f s went well (%s), and not every one was"
                + " run.",
            report.scenario(), report.schedules(), report.time().toNanos() / 1e9, report.how());
    switch (hunt.incomplete()) {
      case PASS -> reporter.accept(text);
      case ABORT -> throw new TestAbortedException(text);
      case FAIL ->
          throw failure.of(
              report,
              text + " Make the model smaller, give it more (@RaceHunt(seconds = " + 10 * hunt.seconds()
                  + ")), or have this pass: @RaceHunt(incomplete = PASS).");
    }
  }
}
