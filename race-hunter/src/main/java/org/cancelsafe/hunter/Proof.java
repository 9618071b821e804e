package org.cancelsafe.hunter;

import java.util.function.Function;
import org.cancelsafe.hunter.explore.Explorer;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.strategy.SourceDpor;
import org.cancelsafe.hunter.strategy.Strategy;
import org.jspecify.annotations.Nullable;

/**
 * Every inequivalent schedule, as far as there is time; it may be left and gone on with. When processors turn out to
 * matter, what was pruned before was pruned for the wrong reason: all is done again.
 */
final class Proof {
  private final Explorer explorer;
  private final Function<Strategy, RunResult> run;
  private final Runnable beginsAgain;
  private Strategy strategy = new SourceDpor();
  private boolean goesOn = strategy.nextRun();
  private int runs;
  private Report.Coverage coverage = Report.Coverage.NONE;
  private @Nullable RunResult bad;

  Proof(Explorer explorer, Function<Strategy, RunResult> run, Runnable beginsAgain) {
    this.explorer = explorer;
    this.run = run;
    this.beginsAgain = beginsAgain;
  }

  /** Whether there is another schedule to be run: nothing has gone wrong, and not every class was seen. */
  boolean goesOn() {
    return goesOn;
  }

  /** Runs the next schedule. */
  void run() {
    RunResult result = run.apply(strategy);
    runs++;
    coverage = coverage.plus(result.pruned());
    if (result.finding() != null) {
      bad = result;
      goesOn = false;
      return;
    }
    if (explorer.learns(result)) {
      strategy = new SourceDpor();
      coverage = Report.Coverage.NONE;
      beginsAgain.run();
    }
    goesOn = strategy.nextRun();
  }

  /** How many schedules were run. */
  int runs() {
    return runs;
  }

  /** What was seen since it began, or began again. */
  Report.Coverage coverage() {
    return coverage;
  }

  /** The run that went wrong, or null. */
  @Nullable RunResult bad() {
    return bad;
  }
}
