package org.cancelsafe.hunter.trace;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the rows of a trace: says who is preempted, folds what is independent of the violation, and what is repeated.
 */
public final class TraceRows {
  private static final int LONGEST = 400;

  private final Trace trace;
  private final List<TraceRow> rows = new ArrayList<>();
  private @Nullable TraceStep shown;
  private int last = MachineState.NOBODY;

  private TraceRows(Trace trace) {
    this.trace = trace;
  }

  /** The rows of this trace. */
  public static List<TraceRow> of(Trace trace) {
    TraceRows rows = new TraceRows(trace);
    rows.foldIndependent();
    return withoutMiddle(withRoundsFolded(rows.rows));
  }

  private void foldIndependent() {
    List<TraceStep> steps = trace.steps();
    List<TraceStep> mattering = new ArrayList<>();
    for (int start = 0; start < steps.size(); ) {
      int end = start;
      while (end < steps.size() && isIndependentOf(steps.get(end), steps.get(start).activity())) {
        end++;
      }
      List<TraceStep> group = steps.subList(start, end);
      if (group.size() > 1 && group.stream().anyMatch(TraceStep::scheduled)) {
        addFolded(mattering);
        mattering.clear();
        rule(group.get(0));
        rows.add(new TraceRow.Independent(group.get(0).activity(), List.copyOf(group)));
        last = group.get(0).activity();
        start = end;
      } else {
        mattering.add(steps.get(start++));
      }
    }
    addFolded(mattering);
  }

  private static boolean isIndependentOf(TraceStep step, int activity) {
    return !step.matters() && !step.violates() && step.activity() == activity;
  }

  private void addFolded(List<TraceStep> steps) {
    for (int start = 0; start < steps.size(); ) {
      Repetitions.Found found = Repetitions.at(steps, start);
      int shownOnce = found == null ? 1 : found.period();
      steps.subList(start, start + shownOnce).forEach(this::add);
      if (found != null) {
        List<TraceStep> again = steps.subList(start + shownOnce, start + found.lines());
        rows.add(new TraceRow.Repetition(found.period(), found.times() - 1, List.copyOf(again)));
        last = again.get(again.size() - 1).activity();
        shown = again.get(again.size() - 1);
      }
      start += found == null ? 1 : found.lines();
    }
  }

  private void add(TraceStep step) {
    if (step.violates()) {
      rows.add(new TraceRow.Violation(step));
      return;
    }
    rule(step);
    rows.add(new TraceRow.Line(step, shown));
    shown = step;
    last = step.activity();
  }

  private void rule(TraceStep step) {
    if (step.preempts()) {
      rows.add(new TraceRow.Preemption(last));
    }
  }

  private static List<TraceRow> withRoundsFolded(List<TraceRow> rows) {
    List<TraceRow> folded = new ArrayList<>();
    for (int start = 0; start < rows.size(); ) {
      Repetitions.Found found = Repetitions.among(rows, start);
      int round = found == null ? 1 : found.period();
      folded.addAll(rows.subList(start, start + round));
      if (found != null) {
        List<TraceStep> again = new ArrayList<>();
        rows.subList(start + round, start + found.lines()).forEach(row -> addLines(row, again));
        folded.add(new TraceRow.Repetition(again.size() / (found.times() - 1), found.times() - 1, again));
      }
      start += found == null ? 1 : found.lines();
    }
    return folded;
  }

  private static void addLines(TraceRow row, List<TraceStep> lines) {
    if (row instanceof TraceRow.Line line) {
      lines.add(line.step());
    } else if (row instanceof TraceRow.Repetition repetition) {
      lines.addAll(repetition.lines());
    } else if (row instanceof TraceRow.Independent independent) {
      lines.addAll(independent.lines());
    }
  }

  private static List<TraceRow> withoutMiddle(List<TraceRow> rows) {
    if (rows.size() <= LONGEST) {
      return List.copyOf(rows);
    }
    List<TraceStep> leftOut = new ArrayList<>();
    rows.subList(LONGEST / 2, rows.size() - LONGEST / 2).forEach(row -> addLines(row, leftOut));
    List<TraceRow> kept = new ArrayList<>(rows.subList(0, LONGEST / 2));
    kept.add(new TraceRow.LeftOut(leftOut));
    kept.addAll(rows.subList(rows.size() - LONGEST / 2, rows.size()));
    return List.copyOf(kept);
  }

  /** A row that stands for several lines, in words; null for one that does not. */
  public static @Nullable String inWords(Trace trace, TraceRow row) {
    if (row instanceof TraceRow.Independent independent) {
      long steps = independent.lines().stream().filter(TraceStep::scheduled).count();
      return "... " + counted(steps, "independent step") + " of " + trace.nameOf(independent.activity())
          + numbers(independent.lines());
    }
    if (row instanceof TraceRow.Repetition repetition) {
      return "... the " + (repetition.period() == 1 ? "same line" : "same " + repetition.period() + " lines") + " "
          + repetition.times() + " times more" + numbers(repetition.lines());
    }
    if (row instanceof TraceRow.LeftOut leftOut) {
      return "... " + counted(leftOut.lines().size(), "line") + " left out" + numbers(leftOut.lines());
    }
    return null;
  }

  private static String counted(long count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  private static String numbers(List<TraceStep> lines) {
    if (lines.isEmpty()) {
      return "";
    }
    int first = lines.get(0).number();
    int last = lines.get(lines.size() - 1).number();
    return first == last ? " (#" + first + ")" : " (#" + first + " to #" + last + ")";
  }
}
