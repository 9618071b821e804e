package org.cancelsafe.hunter;

import org.cancelsafe.hunter.explore.RunResult;

/** Which of two schedules a reader would rather have: fewer preemptions, then fewer steps, then changes of activity. */
final class Smallness {
  private Smallness() {}

  static boolean isSmaller(RunResult one, RunResult other) {
    if (one.preemptions() != other.preemptions()) {
      return one.preemptions() < other.preemptions();
    }
    if (one.schedule().length != other.schedule().length) {
      return one.schedule().length < other.schedule().length;
    }
    return one.switches() < other.switches();
  }
}
