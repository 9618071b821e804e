package org.cancelsafe.hunter.trace;

import java.util.List;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** Finds loops: lines that come again and again, and rounds of several such loops. */
final class Repetitions {
  private static final int LONGEST_PERIOD = 12;
  private static final int FEWEST_TIMES = 3;
  private static final int FEWEST_SAVED = 4;

  private Repetitions() {}

  /** So many lines, or rows, so many times in a row. */
  record Found(int period, int times) {
    int lines() {
      return period * times;
    }
  }

  /** The loop that begins at this line and saves most, or null. */
  static @Nullable Found at(List<TraceStep> steps, int start) {
    return at(steps, start, Repetitions::isAgain);
  }

  /** The same among rows. */
  static @Nullable Found among(List<TraceRow> rows, int start) {
    return at(rows, start, Repetitions::isRowAgain);
  }

  private static <T> @Nullable Found at(List<T> steps, int start, BiPredicate<T, T> isAgain) {
    Found best = null;
    for (int period = 1; period <= LONGEST_PERIOD && start + period * FEWEST_TIMES <= steps.size(); period++) {
      int end = start + period;
      while (end < steps.size() && isAgain.test(steps.get(end), steps.get(end - period))) {
        end++;
      }
      Found found = new Found(period, (end - start) / period);
      boolean worth = found.times() >= FEWEST_TIMES && found.lines() - period >= FEWEST_SAVED;
      if (worth && (best == null || found.lines() - found.period() > best.lines() - best.period())) {
        best = found;
      }
    }
    return best;
  }

  private static boolean isRowAgain(TraceRow one, TraceRow other) {
    if (one instanceof TraceRow.Line line && other instanceof TraceRow.Line before) {
      return isAgain(line.step(), before.step());
    }
    return one instanceof TraceRow.Repetition repetition && other instanceof TraceRow.Repetition before
        && repetition.period() == before.period() && repetition.times() == before.times();
  }

  private static boolean isAgain(TraceStep one, TraceStep other) {
    return one.activity() == other.activity() && one.scheduled() == other.scheduled()
        && one.preempts() == other.preempts() && !one.violates()
        && !other.violates() && shape(one).equals(shape(other));
  }

  private static String shape(TraceStep step) {
    int origin = step.text().indexOf(" [from #");
    return origin < 0 ? step.text() : step.text().substring(0, origin);
  }
}
