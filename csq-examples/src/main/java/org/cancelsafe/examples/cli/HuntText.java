package org.cancelsafe.examples.cli;

import com.google.common.base.Strings;
import java.util.List;
import java.util.Locale;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.trace.Wrap;
import picocli.CommandLine.Help.Ansi;

/** The result of a hunt for people: the traces of what was found, then a table of everything. */
final class HuntText {
  private static final int WIDTH = 120;

  private HuntText() {}

  static String of(List<Report> reports) {
    StringBuilder text = new StringBuilder();
    for (Report report : reports) {
      if (report.verdict() == Verdict.RACE || report.verdict() == Verdict.ERROR) {
        text.append(Strings.repeat("=", WIDTH)).append('\n').append(ReportText.of(report));
        if (report.verdict() == Verdict.RACE && report.counterexample() == null) {
          text.append("trace      ./csq hunt ").append(report.scenario()).append(" explores it and prints one\n");
        }
        text.append('\n');
      }
    }
    text.append(table(reports)).append('\n');
    for (Report report : reports) {
      if (report.verdict() == Verdict.CLEAN_WITHIN_BUDGET) {
        String line = report.scenario() + ": " + report.how();
        Wrap.at(WIDTH, line).forEach(part -> text.append(part).append('\n'));
      }
    }
    text.append(summary(reports)).append('\n');
    return text.toString();
  }

  private static String table(List<Report> reports) {
    int name = Math.max(8, reports.stream().mapToInt(report -> report.scenario().name().length()).max().orElse(0));
    StringBuilder text = new StringBuilder();
    text.append(row(name, "scenario", "expected", "verdict", "schedules", "preemptions", "time", "")).append('\n');
    for (Report report : reports) {
      Report.Counterexample counterexample = report.counterexample();
      String rule = report.rule() + (report.isAsExpected() ? "" : "  << not as expected");
      String row =
          row(
              name,
              report.scenario().name(),
              report.scenario().expectation().name().toLowerCase(Locale.ROOT),
              report.verdict().toString(),
              String.format("%,d", report.schedules()),
              counterexample == null ? "-" : Integer.toString(counterexample.preemptions()),
              String.format("%.2f s", report.time().toNanos() / 1e9),
              rule);
      text.append(report.isAsExpected() ? row : Ansi.AUTO.string("@|bold,red " + row + "|@")).append('\n');
    }
    return text.toString();
  }

  private static String row(
      int width, String name, String expected, String verdict, String schedules, String preemptions, String time,
      String rule) {
    return (Strings.padEnd(name, width + 2, ' ')
            + Strings.padEnd(expected, 10, ' ')
            + Strings.padEnd(verdict, 21, ' ')
            + Strings.padStart(schedules, 10, ' ')
            + Strings.padStart(preemptions, 13, ' ')
            + Strings.padStart(time, 10, ' ')
            + "  "
            + rule)
        .stripTrailing();
  }

  private static String counted(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  private static String summary(List<Report> reports) {
    long wrong = reports.stream().filter(report -> !report.isAsExpected()).count();
    long races = reports.stream().filter(report -> report.verdict() == Verdict.RACE).count();
    long verified = reports.stream().filter(report -> report.verdict() == Verdict.VERIFIED).count();
    String counts =
        String.format(
            "%s: %s found, %d verified, ", counted(reports.size(), "scenario"), counted(races, "race"), verified);
    return counts
        + (wrong == 0
            ? Ansi.AUTO.string("@|green every verdict as expected|@")
            : Ansi.AUTO.string("@|bold,red " + wrong + " not as expected|@"));
  }
}
