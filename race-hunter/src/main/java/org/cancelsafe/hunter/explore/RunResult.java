package org.cancelsafe.hunter.explore;

import org.jspecify.annotations.Nullable;

/**
 * What became of one run.
 *
 * @param finding what went wrong, or null
 * @param pruned whether the strategy gave the run up
 * @param schedule who took each step
 * @param preemptions how often somebody was interrupted who could have gone on
 * @param switches how often the activity changed
 * @param processorsScarce whether it made a difference how many processors there are
 * @param gaveWay whether somebody who took a great many steps in a row was made to let another go first
 */
public record RunResult(
    @Nullable Finding finding,
    boolean pruned,
    int[] schedule,
    int preemptions,
    int switches,
    boolean processorsScarce,
    boolean gaveWay) {

  /** The same run, as if nothing had gone wrong in it. */
  public RunResult withoutFinding() {
    return new RunResult(null, pruned, schedule, preemptions, switches, processorsScarce, gaveWay);
  }
}
