package org.cancelsafe.testkit;

import org.cancelsafe.hunter.Budget;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.scenario.Scenario;

/** Explores a scenario for violations of the contract. */
final class Explored {
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
              ? new ContractViolation(Clause.PROGRESS, finding.message(), finding.cause())
              : ContractViolation.of(finding.cause());
      throw violation.in("\n" + ReportText.of(report));
    }
    return report;
  }
}
