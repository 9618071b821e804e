package org.cancelsafe.hunter.trace;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of a trace.
 *
 * @param number the step's number, from 1; for what happened in the middle of a step, that step's
 * @param scheduled whether this is a step and not something in the middle of one
 * @param activity the index of who took it
 * @param text the step in words, with what it returned
 * @param site where in the model's source it was taken, as {@code File.java:12}
 * @param preempts whether it interrupted somebody who could have gone on
 * @param subject the index of the object it is about, in the order of their appearance
 * @param changes whether it changed that object
 * @param matters whether what went wrong can depend on it
 * @param after how things are afterwards
 */
public record TraceStep(
    int number,
    boolean scheduled,
    int activity,
    String text,
    @Nullable String site,
    boolean preempts,
    int subject,
    boolean changes,
    boolean matters,
    MachineState after) {
  private static final int VIOLATION = -2;

  /** A line after this one, in which this activity breaks a rule. */
  TraceStep violation(int activity, String text) {
    return new TraceStep(number, false, activity, text, null, false, VIOLATION, false, true, after);
  }

  /** The same line, which what went wrong does not depend on. */
  TraceStep independent() {
    return new TraceStep(number, scheduled, activity, text, site, preempts, subject, changes, false, after);
  }

  /** Whether this is the line in which a rule is broken. */
  public boolean violates() {
    return subject == VIOLATION;
  }

  /** The IRQL of each activity afterwards. */
  public List<Integer> irqls() {
    return after.irqls();
  }

  /** The state of each watched object afterwards; those that appear later are not among them. */
  public List<String> states() {
    return after.objects();
  }
}
