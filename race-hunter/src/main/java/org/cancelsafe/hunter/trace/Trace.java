package org.cancelsafe.hunter.trace;

import java.util.List;
import org.cancelsafe.emu.machine.ActivityKind;

/**
 * What one schedule did.
 *
 * @param lanes the activities, by index
 * @param columns the watched objects, by index
 * @param steps the steps and what happened in them, in order
 * @param sites the lines that matter most, each as a sentence
 * @param holds the locks held at the end, each as a sentence
 */
public record Trace(
    List<Lane> lanes, List<Column> columns, List<TraceStep> steps, List<String> sites, List<String> holds) {
  /**
   * An activity.
   *
   * @param name its name
   * @param kind what kind it is
   */
  public record Lane(String name, ActivityKind kind) {
    /** What a reader is to know of it: a thread's name; of anything else also what it is. */
    public String title() {
      return switch (kind) {
        case THREAD -> name;
        case HARDWARE -> name.equals("clock") ? name : "HW " + name;
        default -> name.startsWith(kind.name()) ? name : kind + " " + name;
      };
    }

    /** Whether it interrupts what runs on its processor. */
    public boolean interrupts() {
      return kind != ActivityKind.THREAD && kind != ActivityKind.HARDWARE;
    }
  }

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

  /** The activities' names, by index. */
  public List<String> activities() {
    return lanes.stream().map(Lane::name).toList();
  }

  /** The name of who took this step. */
  public String activityOf(TraceStep step) {
    return nameOf(step.activity());
  }

  /** The name of this activity. */
  public String nameOf(int activity) {
    return activity >= 0 && activity < lanes.size() ? lanes.get(activity).name() : "somebody";
  }

  /** The letter and the title of this activity. */
  public String headerOf(int activity) {
    return letter(activity) + " " + lanes.get(activity).title();
  }
}
