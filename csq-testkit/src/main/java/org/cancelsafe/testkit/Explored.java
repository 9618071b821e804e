package org.cancelsafe.testkit;

import java.util.regex.Pattern;
import org.cancelsafe.hunter.Budget;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.scenario.Scenario;

/** Explores a scenario for violations of the contract. */
final class Explored {
  /** Runs a scenario of the catalogue again, which this is not; the test finds it again by itself. */
  private static final Pattern REPLAY = Pattern.compile("^replay .*\n", Pattern.MULTILINE);

  private Explored() {}

  /**
   * Explores within a budget; not to have seen every schedule is no violation.
   *
   * @throws ContractViolation with the trace
   */
  static Report check(Scenario scenario, Budget budget) {
    Report report = Hunter.explore(scenario, budget);
    Finding finding = report.finding();
    if (finding != null) {
      ContractViolation violation =
          report.verdict() == Verdict.ERROR
              ? ContractViolation.hang(finding.message())
              : ContractViolation.of(finding.cause());
      throw violation.in(text(report));
    }
    return report;
  }

  /** The report without a way to replay it from the shell, where its scenario is not known. */
  static String text(Report report) {
    return REPLAY.matcher(ReportText.of(report)).replaceAll("");
  }
}
