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
 * @param irqls the IRQL of each activity afterwards
 * @param states the state of each watched object afterwards
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
    List<Integer> irqls,
    List<String> states) {
  /** A line after this one, in which somebody breaks a rule. */
  TraceStep violation(int activity, String text) {
    return new TraceStep(number, false, activity, text, null, false, -1, false, irqls, states);
  }
}
