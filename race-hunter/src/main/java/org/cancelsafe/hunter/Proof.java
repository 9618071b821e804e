package org.cancelsafe.hunter;

import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.cancelsafe.hunter.explore.Explorer;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.strategy.SourceDpor;
import org.cancelsafe.hunter.strategy.Strategy;
import org.jspecify.annotations.Nullable;

/** Every inequivalent schedule, in as many goes as its hunt gives it. */
final class Proof {
  private final Explorer explorer;
  private final Function<Strategy, RunResult> run;
  private SourceDpor strategy = new SourceDpor();
  private Report.Coverage coverage = Report.Coverage.NONE;
  private boolean gaveWay;

  /**
   * A proof that has not begun.
   *
   * @param run runs the scenario once under a strategy
   */
  Proof(Explorer explorer, Function<Strategy, RunResult> run) {
    this.explorer = explorer;
    this.run = run;
  }

  /**
   * Goes on until something goes wrong, nothing is left, or this says that it is enough for now. When processors turn
   * out to matter, what was left out before was left out for the wrong reason: all is done again.
   *
   * @return the run that went wrong, or null
   */
  @Nullable RunResult goOn(BooleanSupplier isEnough) {
    while (!coverage.complete() && !isEnough.getAsBoolean()) {
      if (!strategy.nextRun()) {
        coverage = coverage.completed();
        return null;
      }
      RunResult result = run.apply(strategy);
      gaveWay |= result.gaveWay();
      coverage = coverage.plus(result.pruned());
      if (result.finding() != null) {
        return result;
      }
      if (result.processorsScarce() && explorer.letProcessorsMatter()) {
        strategy = new SourceDpor();
        coverage = Report.Coverage.NONE;
      }
    }
    return null;
  }

  /** Whether nothing is left. */
  boolean isOver() {
    return coverage.complete();
  }

  /** Whether some schedules were left out because somebody who polled was made to give way. */
  boolean gaveWay() {
    return gaveWay;
  }

  Report.Coverage coverage() {
    return gaveWay ? coverage.uncompleted() : coverage;
  }
}
