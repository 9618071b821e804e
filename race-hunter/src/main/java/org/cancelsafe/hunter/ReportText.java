package org.cancelsafe.hunter;

import com.google.common.base.Strings;
import org.cancelsafe.hunter.trace.LanePrinter;
import org.cancelsafe.hunter.trace.PlainText;
import org.cancelsafe.hunter.trace.Wrap;

/** A report as a reviewer reads it: what is wrong, how it was found, how to see it again, then step by step. */
public final class ReportText {
  private static final int WIDTH = 120;
  private static final int LABEL = 11;
  private static final int MOST_LINES = 40;

  private final StringBuilder text = new StringBuilder();

  private ReportText() {}

  /** The report as text, with a line end at its end. */
  public static String of(Report report) {
    ReportText text = new ReportText();
    text.line(new Fact(Facts.kind(report), Facts.headline(report)));
    Facts.before(report).forEach(text::line);
    Report.Counterexample counterexample = report.counterexample();
    if (counterexample != null) {
      text.counterexample(counterexample);
    }
    Facts.history(report).forEach(text::line);
    if (counterexample != null) {
      Facts.legend(counterexample.trace()).forEach(text::line);
    }
    return text.text.toString();
  }

  private void counterexample(Report.Counterexample counterexample) {
    text.append(label("replay")).append(Facts.replay(counterexample)).append("\n\n");
    text.append(LanePrinter.print(counterexample.trace())).append('\n');
    Facts.after(counterexample.trace()).forEach(this::line);
  }

  private void line(Fact fact) {
    String start = label(fact.label());
    for (String said : fact.value().lines().limit(MOST_LINES).toList()) {
      for (String part : Wrap.at(WIDTH - LABEL, PlainText.of(said))) {
        text.append((start + part).stripTrailing()).append('\n');
        start = " ".repeat(LABEL);
      }
    }
  }

  private static String label(String label) {
    return Strings.padEnd(label, LABEL, ' ');
  }
}
