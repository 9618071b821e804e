package org.cancelsafe.hunter.trace;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * What fits into 120 columns: a lane for each activity that has something to show, or one for all of them where there
 * are too many; then the processors that somebody had to himself; then the objects, the important ones first, as many
 * as there is room for.
 */
final class Layout {
  static final int WIDTH = 120;

  private static final int MOST_LANES = 5;
  private static final int MOST_PROCESSORS = 4;
  private static final int NARROWEST_LANE = 16;
  private static final int GOOD_LANE = 30;
  private static final int WIDEST_LANE = 44;
  private static final int WIDEST_NAME = 18;
  private static final int WIDEST_STATE = 18;

  final int number;
  final List<Integer> lanes;
  final boolean oneLaneForAll;
  final int nameWidth;
  final int laneWidth;
  final List<Integer> processors;
  final List<Integer> processorWidths;
  final List<Integer> objects = new ArrayList<>();
  final List<Integer> objectWidths = new ArrayList<>();

  Layout(Trace trace, List<TraceRow> rows) {
    List<TraceStep> steps = stepsOf(rows);
    int highest = steps.stream().mapToInt(TraceStep::number).max().orElse(0);
    this.number = Math.max(4, Integer.toString(highest).length() + 2);
    this.lanes = List.copyOf(new TreeSet<>(steps.stream().map(TraceStep::activity).toList()));
    this.oneLaneForAll = lanes.size() > MOST_LANES;
    this.nameWidth = oneLaneForAll ? nameWidth(trace) : 0;
    this.processors = processors(steps);
    this.processorWidths = processors.stream().map(processor -> widthOf(processor, steps)).toList();
    int count = oneLaneForAll ? 1 : Math.max(1, lanes.size());
    int room = WIDTH - number - (oneLaneForAll ? nameWidth + 1 : 0) - sum(processorWidths, 1) - 1;
    int forLanes = Math.max(Math.min(GOOD_LANE * count, WIDTH * 7 / 10), count * (NARROWEST_LANE + 1));
    int left = takeObjects(trace, steps, room - forLanes);
    this.laneWidth = Math.max(NARROWEST_LANE, Math.min(WIDEST_LANE, (forLanes + left) / count - 1));
  }

  private static List<TraceStep> stepsOf(List<TraceRow> rows) {
    List<TraceStep> steps = new ArrayList<>();
    for (TraceRow row : rows) {
      if (row instanceof TraceRow.Line line) {
        steps.add(line.step());
      }
    }
    return steps;
  }

  private int nameWidth(Trace trace) {
    return lanes.stream()
        .mapToInt(activity -> Math.min(WIDEST_NAME, PlainText.of(trace.headerOf(activity)).length()))
        .max()
        .orElse(1);
  }

  static List<Integer> processors(List<TraceStep> steps) {
    Set<Integer> used = new TreeSet<>();
    for (TraceStep step : steps) {
      for (int i = 0; i < step.after().occupants().size(); i++) {
        if (step.after().occupants().get(i) >= 0) {
          used.add(i);
        }
      }
    }
    return used.isEmpty() ? List.of(0) : used.stream().limit(MOST_PROCESSORS).toList();
  }

  static String processorName(int processor) {
    return "CPU" + processor;
  }

  private static int widthOf(int processor, List<TraceStep> steps) {
    return Math.max(
        processorName(processor).length(),
        steps.stream().mapToInt(step -> step.after().processor(processor).length()).max().orElse(0));
  }

  static List<Integer> byImportance(Trace trace) {
    return IntStream.range(0, trace.columns().size())
        .boxed()
        .sorted(Comparator.comparing((Integer column) -> trace.columns().get(column).rank()))
        .toList();
  }

  private int takeObjects(Trace trace, List<TraceStep> steps, int room) {
    int left = room;
    for (int column : byImportance(trace)) {
      int width = widthOf(column, trace, steps);
      if (width > 0 && width + 2 <= left) {
        left -= width + 2;
        objects.add(column);
        objectWidths.add(width);
      }
    }
    return left;
  }

  /** 0 for an object that no line shows. */
  private static int widthOf(int column, Trace trace, List<TraceStep> steps) {
    int widest = steps.stream().mapToInt(step -> PlainText.of(step.after().object(column)).length()).max().orElse(0);
    int name = PlainText.of(trace.columns().get(column).name()).length();
    return widest == 0 ? 0 : Math.max(2, Math.min(WIDEST_STATE, Math.max(widest, name)));
  }

  private static int sum(List<Integer> widths, int gap) {
    return widths.stream().mapToInt(width -> width + gap).sum();
  }
}
