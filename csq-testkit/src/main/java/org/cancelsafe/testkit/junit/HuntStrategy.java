package org.cancelsafe.testkit.junit;

/** How a test looks for races. */
public enum HuntStrategy {
  /** Runs every schedule, those with few preemptions first, so that what is found is small. */
  EXPLORE,
  /** Runs on real threads, with noise; what is found is explored, to show it as a trace. */
  HAMMER
}
