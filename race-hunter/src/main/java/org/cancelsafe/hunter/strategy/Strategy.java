package org.cancelsafe.hunter.strategy;

/**
 * Decides who takes each step of each run. Depth-first search and source-DPOR are two; the random ones, PCT and POS,
 * are others that belong here.
 */
public interface Strategy {
  /** From {@link #choose}: this run shows nothing new, give it up. */
  int PRUNE = -1;

  /** Begins the next run; false when there is none left. */
  boolean nextRun();

  /** Who takes the next step; {@link #PRUNE} to give the run up. */
  int choose(Choice choice);

  /** How many of the first steps of the run that has begun were also those of this strategy's run before. */
  default int repeated() {
    return 0;
  }

  /** Nobody can go on; what happens after this, if anything, happens after everything that happened before. */
  default void atRest(Choice choice) {}

  /** The last step ended the run: something went wrong in it. */
  default void stopped(Choice choice) {}

  /** Whether every schedule that this strategy could be asked for was covered, now that no run is left. */
  boolean isExhaustive();
}
