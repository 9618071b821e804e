package org.cancelsafe.hunter.strategy;

/** The state of a run in which somebody must take the next step. Activities are numbered from 0, at most 63. */
public interface Choice {
  /** Who can take a step, as a bit set; never empty. */
  long enabled();

  /** Who took the last step; -1 at the beginning. */
  int last();

  /** Whether the next steps of these two, both enabled, can be swapped without anybody noticing. */
  boolean independent(int one, int other);
}
