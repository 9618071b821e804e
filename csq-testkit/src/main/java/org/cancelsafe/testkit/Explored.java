package org.cancelsafe.testkit;

import java.time.Duration;
import java.util.regex.Pattern;
import org.cancelsafe.hunter.Budget;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.scenario.Scenario;
import org.opentest4j.TestAbortedException;

/** Explores a scenario for violations of the contract. */
final class Explored {
  /** Runs a scenario of the catalogue again, which this is not; the test finds it again by itself. */
  private static final Pattern REPLAY = Pattern.compile("^replay .*\n", Pattern.MULTILINE);

  private static final Duration LONGEST = Duration.ofMinutes(2);

  private Explored() {}

  /**
   * Explores so many schedules, if there are as many, and however long they take; there may be more.
   *
   * @throws ContractViolation with the trace
   * @throws TestAbortedException when the host is too slow for them
   */
  static Report check(Scenario scenario, int schedules) {
    Report report = Hunter.explore(scenario, new Budget(LONGEST, schedules));
    Finding finding = report.finding();
    if (finding != null) {
      ContractViolation violation =
          report.verdict() == Verdict.ERROR && !finding.isOfSetUp()
              ? ContractViolation.hang(finding.message())
              : ContractViolation.of(finding.cause());
      throw violation.in(text(report));
    }
    if (report.verdict() != Verdict.VERIFIED && report.time().compareTo(LONGEST) >= 0) {
      throw new TestAbortedException(
          "not all was seen: this machine ran " + report.schedules() + " schedules in " + LONGEST.toSeconds()
              + " s, and there are to be " + schedules);
    }
    return report;
  }

  /** The report without a way to replay it from the shell, where its scenario is not known. */
  static String text(Report report) {
    return REPLAY.matcher(ReportText.of(report)).replaceAll("");
  }
}
