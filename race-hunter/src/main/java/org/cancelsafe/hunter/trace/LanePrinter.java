package org.cancelsafe.hunter.trace;

import com.google.common.base.Strings;
import java.util.ArrayList;
import java.util.List;

/**
 * Prints a trace as lanes: a column for each activity, then who has which processor at what IRQL, then the state of
 * locks, IRPs and variables where it changes. Plain ASCII, 120 columns; text that is too long for its lane goes on in
 * the next line. It never throws: a trace that cannot be laid out is printed as a plain list.
 */
public final class LanePrinter {
  private static final String UNCHANGED = ".";
  private static final String INTERRUPTS = "| ";
  private static final int OVERHANG = 7;

  private final Trace trace;
  private final Layout layout;
  private final StringBuilder text = new StringBuilder();
  private int printedNumber;

  private LanePrinter(Trace trace, List<TraceRow> rows) {
    this.trace = trace;
    this.layout = new Layout(trace, rows);
  }

  /** The trace as text. */
  public static String print(Trace trace) {
    try {
      List<TraceRow> rows = TraceRows.of(trace);
      LanePrinter printer = new LanePrinter(trace, rows);
      printer.header();
      rows.forEach(printer::row);
      return printer.text.toString();
    } catch (RuntimeException e) {
      return RawList.print(trace.steps());
    }
  }

  private void header() {
    List<String> lanes = new ArrayList<>();
    if (layout.oneLaneForAll) {
      lanes.add("who");
      lanes.add("step");
    } else {
      layout.lanes.forEach(activity -> lanes.add(PlainText.of(trace.headerOf(activity))));
    }
    List<String> objects =
        layout.objects.stream().map(column -> PlainText.of(trace.columns().get(column).name())).toList();
    line(" #", lanes, layout.processors.stream().map(Layout::processorName).toList(), objects);
  }

  private void row(TraceRow row) {
    if (row instanceof TraceRow.Line line) {
      line(line);
    } else if (row instanceof TraceRow.Preemption preemption) {
      String who = PlainText.cut(PlainText.of(trace.nameOf(preemption.activity())), Layout.WIDTH / 2);
      text.append(Strings.padEnd("---- " + who + " is preempted ", Layout.WIDTH, '-')).append('\n');
    } else if (row instanceof TraceRow.Violation violation) {
      paragraph("**** " + violation.step().text() + " ****");
    } else {
      paragraph(Strings.repeat(" ", layout.number) + TraceRows.inWords(trace, row));
    }
  }

  private void paragraph(String words) {
    Wrap.at(Layout.WIDTH, PlainText.of(words)).forEach(line -> text.append(line.stripTrailing()).append('\n'));
  }

  private void line(TraceRow.Line row) {
    TraceStep step = row.step();
    boolean numbered = row.isNumbered() && step.number() != printedNumber;
    String number = numbered ? Strings.padStart(Integer.toString(step.number()), layout.number - 2, ' ') : "";
    printedNumber = step.number();
    List<String> states = new ArrayList<>();
    for (int column : layout.objects) {
      states.add(row.isUnchanged(column) ? UNCHANGED : PlainText.of(step.after().object(column)));
    }
    line(number, cells(step), layout.processors.stream().map(step.after()::processor).toList(), states);
  }

  private List<String> cells(TraceStep step) {
    boolean interrupts = trace.lanes().get(step.activity()).interrupts();
    String words = (interrupts ? INTERRUPTS : "") + (step.scheduled() ? "" : "  ") + PlainText.of(step.text());
    if (layout.oneLaneForAll) {
      return List.of(PlainText.cut(PlainText.of(trace.headerOf(step.activity())), layout.nameWidth), words);
    }
    return layout.lanes.stream().map(activity -> activity == step.activity() ? words : "").toList();
  }

  private void line(String number, List<String> lanes, List<String> processors, List<String> states) {
    List<List<String>> wrapped = new ArrayList<>();
    for (int i = 0; i < lanes.size(); i++) {
      boolean roomBehind = i + 1 < lanes.size() && lanes.get(i + 1).isEmpty();
      wrapped.add(Wrap.at(laneWidth(i) + (roomBehind ? OVERHANG : 0), lanes.get(i)));
    }
    int height = wrapped.stream().mapToInt(List::size).max().orElse(1);
    for (int row = 0; row < height; row++) {
      StringBuilder line = new StringBuilder(Strings.padEnd(row == 0 ? number : "", layout.number, ' '));
      int end = line.length();
      for (int i = 0; i < wrapped.size(); i++) {
        List<String> cell = wrapped.get(i);
        end += laneWidth(i) + 1;
        line.append(row < cell.size() ? cell.get(row) : "");
        line.append(" ".repeat(Math.max(0, end - line.length())));
      }
      if (row == 0) {
        append(line, processors, layout.processorWidths, 1);
        line.append(' ');
        append(line, states, layout.objectWidths, 2);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
  }

  private int laneWidth(int cell) {
    return layout.oneLaneForAll && cell == 0 ? layout.nameWidth : layout.laneWidth;
  }

  private static void append(StringBuilder line, List<String> cells, List<Integer> widths, int gap) {
    for (int i = 0; i < cells.size(); i++) {
      int width = widths.get(i);
      line.append(Strings.padEnd(PlainText.cut(cells.get(i), width), width + gap, ' '));
    }
  }
}
