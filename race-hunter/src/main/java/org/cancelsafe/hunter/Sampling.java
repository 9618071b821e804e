package org.cancelsafe.hunter;

import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.strategy.ClassCounter;
import org.cancelsafe.hunter.strategy.KnuthProbes;
import org.cancelsafe.hunter.strategy.Strategy;
import org.jspecify.annotations.Nullable;

/** Says how many schedules there may be, where there are too many to go through: by some drawn at random, and by probes. */
final class Sampling {
  private final Approach approach;
  private final long seed;
  private final KnuthProbes probes;

  Sampling(Approach approach, long seed) {
    this.approach = approach;
    this.seed = seed;
    this.probes = new KnuthProbes(seed);
  }

  /** Probes how many schedules there are. */
  @Nullable RunResult probe(Function<Strategy, RunResult> run, BooleanSupplier isSpent) {
    while (!isSpent.getAsBoolean() && probes.nextRun()) {
      RunResult result = run.apply(probes);
      if (result.finding() != null) {
        return result;
      }
    }
    return null;
  }

  /** Whether there are enough probes to say anything. */
  boolean hasProbed() {
    return probes.estimate().isKnown();
  }

  /** What has come of it, when these were drawn. */
  Report.Sample report(ClassCounter counter) {
    return new Report.Sample(
        approach.toString(), seed, counter.runs(), counter.classes(), counter.estimate(), probes.estimate());
  }
}
