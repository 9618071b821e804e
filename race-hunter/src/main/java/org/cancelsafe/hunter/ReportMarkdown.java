package org.cancelsafe.hunter;

import org.cancelsafe.hunter.trace.LanePrinter;
import org.cancelsafe.hunter.trace.MermaidPrinter;

/**
 * A report for a code review or an issue: Markdown with a Mermaid sequence diagram, which GitHub and its like draw, and
 * the trace as text beneath it for those that do not.
 */
public final class ReportMarkdown {
  private static final String SPECIAL = "\\`*_[]<#|~&";

  private final StringBuilder text = new StringBuilder();

  private ReportMarkdown() {}

  /** The report as Markdown, with a line end at its end. */
  public static String of(Report report) {
    ReportMarkdown markdown = new ReportMarkdown();
    markdown.text.append("### ").append(escaped(Facts.kind(report))).append(": ");
    markdown.text.append(escaped(Facts.headline(report))).append("\n\n");
    Facts.before(report).forEach(markdown::item);
    Facts.history(report).forEach(markdown::item);
    if (report.counterexample() != null) {
      markdown.counterexample(report.counterexample());
    }
    return markdown.text.toString();
  }

  private void counterexample(Report.Counterexample counterexample) {
    text.append("- **replay** ").append(code(Facts.replay(counterexample))).append("\n");
    Facts.after(counterexample.trace()).forEach(this::item);
    block("mermaid", MermaidPrinter.print(counterexample.trace()));
    text.append("\n<details><summary>step by step</summary>\n");
    block("text", LanePrinter.print(counterexample.trace()));
    text.append("\n</details>\n\n");
    Facts.legend(counterexample.trace()).forEach(this::item);
  }

  private void item(Fact fact) {
    text.append("- **").append(fact.label()).append("** ").append(escaped(fact.value())).append('\n');
  }

  /** A fenced block, whose fence is longer than any in it. */
  private void block(String language, String content) {
    String fence = "```";
    while (content.contains(fence)) {
      fence += "`";
    }
    text.append('\n').append(fence).append(language).append('\n').append(content).append(fence).append('\n');
  }

  private static String code(String text) {
    return text.contains("`") ? "`` " + text + " ``" : "`" + text + "`";
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    for (char c : text.toCharArray()) {
      if (SPECIAL.indexOf(c) >= 0) {
        escaped.append('\\');
      }
      escaped.append(c < ' ' ? ' ' : c);
    }
    return escaped.toString();
  }
}
