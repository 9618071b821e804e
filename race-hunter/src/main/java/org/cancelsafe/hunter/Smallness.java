package org.cancelsafe.hunter;

import org.cancelsafe.hunter.explore.RunResult;

/** Which of two schedules a reader would rather have: fewer preemptions, then fewer changes of activity, then steps. */
final class Smallness {
  private Smallness() {}

  static boolean isSmaller(RunResult one, RunResult other) {
    if (one.preemptions() != other.preemptions()) {
      return one.preemptions() < other.preemptions();
    }
    if (one.switches() != other.switches()) {
      return one.switches() < other.switches();
    }
    return one.schedule().length < other.schedule().length;
  }
}
