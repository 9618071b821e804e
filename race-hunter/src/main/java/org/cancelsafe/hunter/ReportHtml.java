package org.cancelsafe.hunter;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.html.HtmlEscapers;
import com.google.common.io.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.cancelsafe.hunter.trace.HtmlTable;
import org.cancelsafe.hunter.trace.Trace;

/**
 * A report as one HTML page that needs nothing else: the trace as a table with a slider that goes through it step by
 * step, and beside it how things are at that step. Without scripts the table is there all the same.
 */
public final class ReportHtml {
  private final StringBuilder html = new StringBuilder();

  private ReportHtml() {}

  /** The report as a page. */
  public static String of(Report report) {
    ReportHtml page = new ReportHtml();
    page.head(report);
    page.body(report);
    return page.html.toString();
  }

  private void head(Report report) {
    html.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ");
    html.append("style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n<title>");
    html.append(escaped(report.scenario() + ": " + (report.finding() == null ? report.verdict() : report.rule())));
    html.append("</title>\n<style>\n").append(resource("report.css")).append("</style>\n</head>\n");
  }

  private void body(Report report) {
    html.append("<body>\n<header class=\"").append(report.verdict()).append("\">\n<span class=\"badge\">");
    html.append(escaped(Facts.kind(report))).append("</span>\n");
    if (report.finding() == null) {
      html.append("<h1>").append(escaped(Facts.headline(report))).append("</h1>\n");
    } else {
      html.append("<h1>").append(escaped(report.rule())).append("</h1>\n<p class=\"message\">");
      html.append(escaped(report.finding().message())).append("</p>\n");
    }
    html.append("</header>\n");
    facts("facts", Facts.before(report));
    if (report.counterexample() != null) {
      counterexample(report.counterexample(), Facts.history(report));
    } else {
      facts("facts history", Facts.history(report));
    }
    html.append("</body>\n</html>\n");
  }

  private void counterexample(Report.Counterexample counterexample, List<Fact> history) {
    Trace trace = counterexample.trace();
    html.append("<p class=\"replay\"><code id=\"replay\">").append(escaped(Facts.replay(counterexample)));
    html.append("</code></p>\n");
    html.append(resource("player.html"));
    html.append("<main>\n").append(HtmlTable.of(trace)).append("<aside id=\"now\" hidden></aside>\n</main>\n");
    facts("facts sites", Facts.after(trace));
    facts("facts history", history);
    facts("facts legend", Facts.legend(trace));
    html.append("<script>\n").append(resource("report.js")).append("</script>\n");
  }

  private void facts(String style, List<Fact> facts) {
    if (facts.isEmpty()) {
      return;
    }
    html.append("<dl class=\"").append(style).append("\">\n");
    for (Fact fact : facts) {
      html.append("<dt>").append(escaped(fact.label())).append("</dt><dd>");
      html.append(escaped(fact.value())).append("</dd>\n");
    }
    html.append("</dl>\n");
  }

  private static String escaped(String text) {
    return HtmlEscapers.htmlEscaper().escape(text);
  }

  private static String resource(String name) {
    try {
      return Resources.toString(Resources.getResource(ReportHtml.class, name), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the page's " + name + " is not in the library", e);
    }
  }
}
