package org.cancelsafe.hunter.trace;

import com.google.common.html.HtmlEscapers;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A trace as an HTML table: the lanes, the processors, the objects. Every cell of state carries its value, also where
 * it shows nothing because nothing has changed. What is folded is in the table, hidden. It never throws.
 */
public final class HtmlTable {
  private static final Pattern ORIGIN = Pattern.compile("(from|since|at) #([0-9]+)");

  private final Trace trace;
  private final List<TraceRow> rows;
  private final Set<Integer> lanes = new TreeSet<>();
  private final List<Integer> processors;
  private final List<Integer> objects;
  private final int width;
  private final StringBuilder html = new StringBuilder();

  private HtmlTable(Trace trace) {
    this.trace = trace;
    this.rows = TraceRows.of(trace);
    trace.steps().stream().filter(step -> !step.violates()).forEach(step -> lanes.add(step.activity()));
    this.processors = Layout.processors(trace.steps());
    this.objects = Layout.byImportance(trace);
    this.width = 1 + lanes.size() + processors.size() + trace.columns().size();
  }

  /** The trace as a table. */
  public static String of(Trace trace) {
    try {
      HtmlTable table = new HtmlTable(trace);
      table.head();
      table.rows.forEach(table::row);
      return table.html.append("</tbody>\n</table></div>\n").toString();
    } catch (RuntimeException e) {
      return "<pre>" + escaped(RawList.print(trace.steps())) + "</pre>\n";
    }
  }

  private void head() {
    html.append("<div class=\"scroll\"><table id=\"trace\">\n<thead><tr><th>#</th>");
    for (int lane : lanes) {
      html.append("<th class=\"lane ").append(color(lane)).append("\">").append(escaped(trace.headerOf(lane)));
      html.append("</th>");
    }
    processors.forEach(
        number -> html.append("<th class=\"cpu\">").append(Layout.processorName(number)).append("</th>"));
    for (int object : objects) {
      html.append("<th class=\"object\">").append(escaped(trace.columns().get(object).name())).append("</th>");
    }
    html.append("</tr></thead>\n<tbody>\n");
  }

  private static String color(int lane) {
    return "c" + Math.floorMod(lane, 8);
  }

  private void row(TraceRow row) {
    if (row instanceof TraceRow.Line line) {
      line(line.step(), line.before(), "");
    } else if (row instanceof TraceRow.Preemption preemption) {
      across("preempted", trace.nameOf(preemption.activity()) + " is preempted", null);
    } else if (row instanceof TraceRow.Violation violation) {
      across("frame violation", violation.step().text(), violation.step());
    } else {
      across("fold", String.valueOf(TraceRows.inWords(trace, row)), null);
      folded(row).forEach(step -> line(step, null, " folded"));
    }
  }

  private static List<TraceStep> folded(TraceRow row) {
    if (row instanceof TraceRow.Independent independent) {
      return independent.lines();
    }
    return row instanceof TraceRow.Repetition repetition ? repetition.lines() : List.of();
  }

  private void across(String style, String words, @Nullable TraceStep step) {
    html.append("<tr class=\"").append(style).append('"');
    if (step != null) {
      html.append(" data-who=\"").append(escaped(trace.nameOf(step.activity()))).append('"');
    }
    html.append("><td colspan=\"").append(width).append("\">").append(escaped(words)).append("</td></tr>\n");
  }

  private void line(TraceStep step, @Nullable TraceStep before, String style) {
    html.append("<tr class=\"frame").append(style).append(step.scheduled() ? "" : " inner").append('"');
    html.append(style.isEmpty() ? "" : " hidden");
    html.append(" data-number=\"").append(step.number()).append("\" data-who=\"");
    html.append(escaped(trace.headerOf(step.activity()))).append("\" data-site=\"");
    html.append(escaped(step.site() == null ? "" : step.site())).append("\"><td class=\"number\">");
    html.append(step.scheduled() ? step.number() : "").append("</td>");
    boolean interrupts = trace.lanes().get(step.activity()).interrupts();
    for (int lane : lanes) {
      html.append("<td class=\"lane ").append(color(lane)).append(interrupts ? " interrupt" : "");
      html.append(lane == step.activity() ? " acts\">" + linked(step.text()) : "\">").append("</td>");
    }
    for (int number : processors) {
      String now = step.after().processor(number);
      state("cpu", now, before != null && before.after().processor(number).equals(now));
    }
    for (int object : objects) {
      String now = step.after().object(object);
      state("object", now, before != null && before.after().object(object).equals(now));
    }
    html.append("</tr>\n");
  }

  private void state(String style, String now, boolean unchanged) {
    html.append("<td class=\"").append(style).append(unchanged ? "" : " changed").append("\" data-now=\"");
    html.append(escaped(now)).append("\">").append(unchanged ? "" : escaped(now)).append("</td>");
  }

  /** The words, with a link to the step that they name, and places to break the line at. */
  private static String linked(String words) {
    String broken = escaped(words).replace("(", "(<wbr>").replace("_", "_<wbr>");
    return ORIGIN.matcher(broken).replaceAll("<a href=\"#step=$2\">$1 #$2</a>");
  }

  private static String escaped(String text) {
    return HtmlEscapers.htmlEscaper().escape(text);
  }
}
