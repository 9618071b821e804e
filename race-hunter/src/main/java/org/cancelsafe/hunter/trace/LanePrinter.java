package org.cancelsafe.hunter.trace;

import com.google.common.base.Strings;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Prints a trace as lanes: a column for each activity, then the IRQL of each, then the state of locks, IRPs and
 * variables where it changes. Plain text, 120 columns; what does not fit is left out from the right, the least
 * important object first, and text that is too long for its lane goes on in the next line.
 */
public final class LanePrinter {
  private static final int WIDTH = 120;
  private static final int NUMBER = 4;
  private static final int NARROWEST_LANE = 16;
  private static final int GOOD_LANE = 30;
  private static final int WIDEST_LANE = 44;
  private static final int WIDEST_STATE = 18;
  private static final String UNCHANGED = ".";

  private final Trace trace;
  private final List<Integer> shown;
  private final List<Integer> stateWidths;
  private final int irqlWidth;
  private final int lane;
  private final StringBuilder text = new StringBuilder();
  private int printedNumber;

  private LanePrinter(Trace trace) {
    this.trace = trace;
    this.irqlWidth = Math.max(4, trace.activities().size() * 2 - 1);
    int lanes = Math.max(1, trace.activities().size());
    List<Integer> byImportance =
        IntStream.range(0, trace.columns().size())
            .boxed()
            .sorted(Comparator.comparing((Integer column) -> trace.columns().get(column).rank()))
            .toList();
    int roomForLanes = Math.min(GOOD_LANE * lanes, WIDTH * 3 / 4);
    int room = WIDTH - NUMBER - irqlWidth - 2 - Math.max(roomForLanes, lanes * (NARROWEST_LANE + 1));
    this.shown = new ArrayList<>();
    this.stateWidths = new ArrayList<>();
    for (int column : byImportance) {
      int width = widthOf(column);
      if (width + 2 <= room) {
        room -= width + 2;
        shown.add(column);
        stateWidths.add(width);
      }
    }
    int used = stateWidths.stream().mapToInt(width -> width + 2).sum();
    this.lane =
        Math.max(NARROWEST_LANE, Math.min(WIDEST_LANE, (WIDTH - NUMBER - irqlWidth - 2 - used) / lanes - 1));
  }

  /** The trace as text. */
  public static String print(Trace trace) {
    LanePrinter printer = new LanePrinter(trace);
    printer.header();
    trace.steps().forEach(printer::step);
    return printer.text.toString();
  }

  private int widthOf(int column) {
    int width = trace.columns().get(column).name().length();
    for (TraceStep step : trace.steps()) {
      if (column < step.states().size()) {
        width = Math.max(width, step.states().get(column).length());
      }
    }
    return Math.min(width, WIDEST_STATE);
  }

  private void header() {
    List<String> names = shown.stream().map(column -> trace.columns().get(column).name()).toList();
    List<String> lanes =
        IntStream.range(0, trace.activities().size())
            .mapToObj(activity -> Trace.letter(activity) + " " + trace.activities().get(activity))
            .toList();
    line(" #", lanes, "irql", names);
  }

  private void step(TraceStep step) {
    if (step.violates()) {
      Wrap.at(WIDTH, "**** " + step.text() + " ****").forEach(line -> text.append(line).append('\n'));
      return;
    }
    if (step.preempts()) {
      text.append(Strings.padEnd("---- " + preempted(step) + " is preempted ", WIDTH, '-')).append('\n');
    }
    boolean numbered = step.scheduled() && step.number() != printedNumber;
    String number = numbered ? Strings.padStart(Integer.toString(step.number()), 2, ' ') : "";
    printedNumber = step.number();
    List<String> lanes = new ArrayList<>();
    for (int activity = 0; activity < trace.activities().size(); activity++) {
      lanes.add(activity != step.activity() ? "" : step.scheduled() ? step.text() : "  " + step.text());
    }
    List<String> states = new ArrayList<>();
    for (int column : shown) {
      states.add(stateOf(step, column));
    }
    line(number, lanes, irqls(step), states);
  }

  private String preempted(TraceStep step) {
    for (int before = trace.steps().indexOf(step) - 1; before >= 0; before--) {
      if (trace.steps().get(before).activity() != step.activity()) {
        return trace.activityOf(trace.steps().get(before));
      }
    }
    return "somebody";
  }

  private String stateOf(TraceStep step, int column) {
    if (column >= step.states().size()) {
      return "";
    }
    String now = step.states().get(column);
    int index = trace.steps().indexOf(step);
    TraceStep before = index > 0 ? trace.steps().get(index - 1) : null;
    boolean same = before != null && column < before.states().size() && before.states().get(column).equals(now);
    return same ? UNCHANGED : now;
  }

  private static String irqls(TraceStep step) {
    return String.join(" ", step.irqls().stream().map(String::valueOf).toList());
  }

  private void line(String number, List<String> lanes, String irqls, List<String> states) {
    List<List<String>> wrapped = lanes.stream().map(cell -> Wrap.at(lane, cell)).toList();
    int height = wrapped.stream().mapToInt(List::size).max().orElse(1);
    for (int row = 0; row < height; row++) {
      StringBuilder line = new StringBuilder(Strings.padEnd(row == 0 ? number : "", NUMBER, ' '));
      for (List<String> cell : wrapped) {
        line.append(Strings.padEnd(row < cell.size() ? cell.get(row) : "", lane + 1, ' '));
      }
      if (row == 0) {
        line.append(Strings.padEnd(irqls, irqlWidth + 2, ' '));
        for (int i = 0; i < states.size(); i++) {
          line.append(Strings.padEnd(cut(states.get(i), stateWidths.get(i)), stateWidths.get(i) + 2, ' '));
        }
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
  }

  private static String cut(String text, int width) {
    return text.length() <= width ? text : text.substring(0, width - 2) + "..";
  }
}
