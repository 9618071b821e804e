package org.cancelsafe.hunter.trace;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A row of a trace as it is shown: the same ones in text, Markdown and HTML. */
public sealed interface TraceRow {
  /**
   * One line of the trace.
   *
   * @param step the line
   * @param before the line shown before it, or null
   */
  record Line(TraceStep step, @Nullable TraceStep before) implements TraceRow {
    /** Whether it has a number: it is a step, and no part of the one before. */
    public boolean isNumbered() {
      return step.scheduled();
    }

    /** Whether this object is as it was in the line before. */
    public boolean isUnchanged(int object) {
      return before != null && object < before.states().size() && object < step.states().size()
          && before.states().get(object).equals(step.states().get(object));
    }
  }

  /**
   * Somebody who could have gone on is interrupted.
   *
   * @param activity who; negative when nobody knows
   */
  record Preemption(int activity) implements TraceRow {}

  /**
   * A rule is broken.
   *
   * @param step says by whom
   */
  record Violation(TraceStep step) implements TraceRow {}

  /**
   * Lines of one activity that what went wrong does not depend on.
   *
   * @param activity whose
   * @param lines the lines
   */
  record Independent(int activity, List<TraceStep> lines) implements TraceRow {}

  /**
   * The lines before this row, again and again.
   *
   * @param period how many lines are repeated
   * @param times how often they come again
   * @param lines all of them
   */
  record Repetition(int period, int times, List<TraceStep> lines) implements TraceRow {}

  /**
   * The middle of a very long trace.
   *
   * @param lines what it has
   */
  record LeftOut(List<TraceStep> lines) implements TraceRow {}
}
