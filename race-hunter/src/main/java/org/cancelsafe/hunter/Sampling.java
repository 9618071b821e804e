package org.cancelsafe.hunter;

import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.strategy.ClassCounter;
import org.cancelsafe.hunter.strategy.KnuthProbes;
import org.cancelsafe.hunter.strategy.Strategy;
import org.jspecify.annotations.Nullable;

/** What is left to do where there are too many schedules: draw some at random, and say how many there may be. */
final class Sampling {
  private final Approach approach;
  private final long seed;
  private final ClassCounter counter;
  private final KnuthProbes probes;

  Sampling(Approach approach, long seed) {
    this.approach = approach;
    this.seed = seed;
    this.counter = new ClassCounter(approach.strategy(seed));
    this.probes = new KnuthProbes(seed);
  }

  /** Draws until something goes wrong or all that may be spent is. */
  @Nullable RunResult draw(Function<Strategy, RunResult> run, BooleanSupplier isSpent) {
    return firstBad(counter, run, isSpent);
  }

  /** Probes how many schedules there are. */
  @Nullable RunResult probe(Function<Strategy, RunResult> run, BooleanSupplier isSpent) {
    return firstBad(probes, run, isSpent);
  }

  private static @Nullable RunResult firstBad(
      Strategy strategy, Function<Strategy, RunResult> run, BooleanSupplier isSpent) {
    while (!isSpent.getAsBoolean() && strategy.nextRun()) {
      RunResult result = run.apply(strategy);
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

  Report.Sample report() {
    return new Report.Sample(
        approach.toString(), seed, counter.runs(), counter.classes(), counter.estimate(), probes.estimate());
  }
}
