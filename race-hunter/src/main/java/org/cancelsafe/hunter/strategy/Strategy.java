package org.cancelsafe.hunter.strategy;

/**
 * Decides who takes each step of each run. Depth-first search and source-DPOR are two; PCT, POS and uniform choice
 * are random.
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

  /**
   * How much of all there is to do has been done, between 0 and 1, as far as the tree is known so far; not a number for
   * a strategy that knows nothing of the kind. The rest is estimated with it: every node's branches count as equally
   * large (the weighted backtrack estimator of Kilby, Slaney, Thiebaux and Walsh, AAAI 2006).
   */
  default double progress() {
    return Double.NaN;
  }

  /** Whether every schedule that this strategy could be asked for was covered, now that no run is left. */
  boolean isExhaustive();
}
