package org.cancelsafe.hunter;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.cancelsafe.hunter.explore.Explorer;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/**
 * A hunt in one scenario, and how it is to go.
 *
 * <pre>{@code
 * Report report = Hunt.in(scenario).budget(Budget.of(Duration.ofMinutes(1))).approach(Approach.parse("pct:3")).run();
 * }</pre>
 */
public final class Hunt {
  private static final int RUNS_ALONE = 2_000;

  private final Scenario scenario;
  private Budget budget = Budget.STANDARD;
  private Approach approach = Approach.AUTO;
  private long seed = 1;
  private int jobs = 1;
  private int runsAlone = RUNS_ALONE;
  private HuntProgress progress = new HuntProgress(new LongAdder());
  private @Nullable Corpus corpus;

  private Hunt(Scenario scenario) {
    this.scenario = scenario;
  }

  /** A hunt in this scenario, within {@link Budget#STANDARD} and as seems best. */
  public static Hunt in(Scenario scenario) {
    return new Hunt(requireNonNull(scenario, "scenario"));
  }

  /** It may spend this much. */
  public Hunt budget(Budget budget) {
    this.budget = requireNonNull(budget, "budget");
    return this;
  }

  /** It goes through the schedules like this. */
  public Hunt approach(Approach approach) {
    this.approach = requireNonNull(approach, "approach");
    return this;
  }

  /** What is drawn at random is drawn from this seed; the same one makes the same schedules. */
  public Hunt seed(long seed) {
    this.seed = seed;
    return this;
  }

  /**
   * It uses so many processors of this computer. The result is the same; the model is set up on several threads at
   * once, so that it must not keep anything in static fields.
   */
  public Hunt jobs(int jobs) {
    if (jobs < 1) {
      throw new IllegalArgumentException("a hunt needs at least one job, not " + jobs);
    }
    this.jobs = jobs;
    return this;
  }

  /** It tries what went wrong before first, and keeps what it finds. */
  public Hunt corpus(Corpus corpus) {
    this.corpus = requireNonNull(corpus, "corpus");
    return this;
  }

  /** It tells how far it has got. */
  public Hunt watchedBy(HuntProgress progress) {
    this.progress = requireNonNull(progress, "progress");
    return this;
  }

  Scenario scenario() {
    return scenario;
  }

  Budget budget() {
    return budget;
  }

  Approach approach() {
    return approach;
  }

  long seed() {
    return seed;
  }

  int jobs() {
    return jobs;
  }

  /** A search that ends within so many runs is not worth the trouble of several threads. */
  int runsAlone() {
    return runsAlone;
  }

  Hunt runsAlone(int runs) {
    this.runsAlone = runs;
    return this;
  }

  HuntProgress progress() {
    return progress;
  }

  /** Hunts: what went wrong before, then whatever there is, until something is found or the budget is spent. */
  public Report run() {
    progress.begins(scenario.name());
    Report known = corpus == null ? null : corpus.firstThatStillFails(scenario);
    if (known != null) {
      return known;
    }
    Report report =
        OnCarrier.run(
            new Explorer(scenario, progress.schedules(), budget.steps()),
            explorer -> new Search(this, explorer).run(),
            this::failed);
    if (corpus != null && report.counterexample() != null) {
      corpus.add(report.counterexample().replay());
    }
    return report;
  }

  private Report failed(Explorer explorer, Throwable problem) {
    return new Report(
        scenario, Verdict.ERROR, Finding.of(problem), "exploring", explorer.runs(), null, Duration.ZERO);
  }
}
