package org.cancelsafe.hunter.trace;

import java.util.List;

/**
 * What one schedule did.
 *
 * @param activities the activities' names, by index
 * @param columns the names of the watched objects, by index
 * @param steps the steps and what happened in them, in order
 * @param sites the lines that matter most, each as a sentence
 */
public record Trace(List<String> activities, List<Column> columns, List<TraceStep> steps, List<String> sites) {
  /**
   * An object whose state is shown.
   *
   * @param name the object's name
   * @param rank what matters more is lower
   */
  public record Column(String name, int rank) {}

  private static final int LETTERS = 26;

  /** The letter that stands for an activity in lanes and in replay strings: A to Z, then a to z. */
  public static String letter(int activity) {
    return String.valueOf((char) (activity < LETTERS ? 'A' + activity : 'a' + activity - LETTERS));
  }

  /** The name of who took this step. */
  public String activityOf(TraceStep step) {
    return activities.get(step.activity());
  }
}
