package org.cancelsafe.hunter.explore;

import java.util.Arrays;
import org.cancelsafe.hunter.strategy.SwitchCost;

/** Who took which step of a run, and what that cost. */
final class Schedule {
  private int[] steps = new int[64];
  private int length;
  private int preemptions;
  private int switches;
  private int inARow;

  /**
   * Adds a step.
   *
   * @param enabled who could have taken it
   * @return whether it interrupts somebody who could have gone on
   */
  boolean add(int activity, long enabled) {
    boolean preempts = SwitchCost.PREEMPTIONS.of(last(), activity, enabled) > 0;
    preemptions += preempts ? 1 : 0;
    switches += SwitchCost.CONTEXT_SWITCHES.of(last(), activity, enabled);
    if (length == steps.length) {
      steps = Arrays.copyOf(steps, length * 2);
    }
    inARow = activity == last() ? inARow + 1 : 1;
    steps[length++] = activity;
    return preempts;
  }

  /** How many steps the same activity has taken in a row. */
  int inARow() {
    return inARow;
  }

  /** Who took a step from this one on, as a bit set. */
  long activeSince(int start) {
    long active = 0;
    for (int step = start; step < length; step++) {
      active |= 1L << steps[step];
    }
    return active;
  }

  /** Who took the last step; -1 before the first. */
  int last() {
    return length == 0 ? -1 : steps[length - 1];
  }

  int length() {
    return length;
  }

  int preemptions() {
    return preemptions;
  }

  int switches() {
    return switches;
  }

  int[] toArray() {
    return Arrays.copyOf(steps, length);
  }
}
