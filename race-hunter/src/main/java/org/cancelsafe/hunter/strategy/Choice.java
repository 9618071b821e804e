package org.cancelsafe.hunter.strategy;

/** The state of a run in which somebody must take the next step. Activities are numbered from 0, at most 63. */
public interface Choice {
  /** Who can take a step, as a bit set; never empty. */
  long enabled();

  /** Who took the last step; -1 at the beginning. */
  int last();

  /** How many activities there are so far. */
  int activities();

  /** Who has not ended, as a bit set. */
  long unfinished();

  /** The {@link Footprint} of the next step of an activity that has not ended. */
  long footprint(int activity);

  /** Whether what the next step of this activity is about would let somebody pass who waits for it. */
  boolean isOpen(int activity);

  /** The next step of this activity in words, for messages. */
  String describe(int activity);

  /** Whether the next steps of these two can be swapped without anybody noticing. */
  default boolean independent(int one, int other) {
    return !Footprint.dependent(footprint(one), footprint(other));
  }
}
