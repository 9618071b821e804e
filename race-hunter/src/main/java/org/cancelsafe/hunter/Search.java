package org.cancelsafe.hunter;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.cancelsafe.hunter.explore.Explorer;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.strategy.DepthFirst;
import org.cancelsafe.hunter.strategy.Recorded;
import org.cancelsafe.hunter.strategy.SourceDpor;
import org.cancelsafe.hunter.strategy.Strategy;
import org.cancelsafe.hunter.strategy.SwitchCost;
import org.cancelsafe.hunter.trace.TraceRecorder;
import org.jspecify.annotations.Nullable;

/**
 * One exploration. A scenario with few classes is gone through with source-DPOR at once; if all is well, that is it.
 * Otherwise it looks for something small: every schedule with no preemption, with one, with two. Then it looks at
 * everything, with source-DPOR. Where that takes too long, it draws schedules at random in the end. A counterexample of
 * the second or third kind sends it back to the first, for one with fewer preemptions; among those with the fewest it
 * takes one with few switches and few steps.
 */
final class Search {
  private static final String REPLAYING = "replaying a schedule that went wrong";
  private static final String PLAINEST = "the plainest schedule";
  private static final int SMALL = 2;
  private static final int SMALL_PROOF = 500;
  private static final int SMALL_RUN = 500;
  private static final int SHRINKING_SCHEDULES = 3_000;
  private static final int TELLING_INTERVAL = 256;
  private static final Approach BEYOND = new Approach(Approach.Kind.POS, 0);
  private static final double SHARE_FOR_SMALL_PROOF = 0.4;
  private static final double SHARE_FOR_SMALL = 0.5;
  private static final double SHARE_FOR_PROOF = 0.85;
  private static final double SHARE_FOR_SAMPLE = 0.95;

  private final Hunt hunt;
  private final Explorer explorer;
  private final Proof proof;
  private final Confirmation confirmation;
  private final long started = System.nanoTime();
  private Report.Coverage coverage = Report.Coverage.NONE;

  /** The first run that went well by luck: locks were taken in orders that can hang. One that does hang shows more. */
  private @Nullable RunResult possibility;

  private Report.@Nullable Sample sample;
  private int explored = -1;
  private String phase = "";
  private long phaseBegan;
  private long nextTelling;
  private @Nullable String leftOut;

  Search(Hunt hunt, Explorer explorer) {
    this.hunt = hunt;
    this.explorer = explorer;
    this.confirmation = new Confirmation(explorer);
    this.proof = new Proof(explorer, this::run, () -> begin("classes"));
  }

  Report run() {
    RunResult first = confirmation.runFirst();
    if (isErrorOfModel(first)) {
      return error(requireNonNull(first.finding()), PLAINEST);
    }
    int steps = first.schedule().length;
    Finding differs = steps > 0 && !hasRunAll(1) ? confirmation.ofPlainest() : null;
    if (differs != null) {
      return error(differs, PLAINEST);
    }
    if (hunt.approach().isRandom()) {
      return draw(hunt.approach(), "");
    }
    return switch (hunt.approach().kind()) {
      case DPOR -> prove("", 1);
      case DFS -> everySchedule();
      default -> steps <= SMALL_RUN && proveIfSmall() ? proved() : smallFirst();
    };
  }

  /** Most scenarios without a race have few classes. Whether this is one, and nothing was left out. */
  private boolean proveIfSmall() {
    int most = Math.min(SMALL_PROOF, hunt.runsAlone());
    begin("classes");
    while (proof.goesOn() && proof.runs() < most && !isSpent(SHARE_FOR_SMALL_PROOF)) {
      proof.run();
    }
    if (proof.goesOn() || proof.bad() != null || leftOut != null) {
      return false;
    }
    return possibility == null;
  }

  private Report smallFirst() {
    RunResult possibilityInProof = possibility;
    possibility = null;
    for (int bound = 0; bound <= SMALL; bound++) {
      Bounded search = within(bound, SHARE_FOR_SMALL);
      if (search.bad != null) {
        return race(search.bad, search.rest, "depth first, " + everyScheduleWithin(bound));
      }
      if (!search.ended) {
        break;
      }
      explored = bound;
      if (search.exhaustive) {
        break;
      }
    }
    if (possibility != null) {
      return possibility(possibility, "depth first, " + everyScheduleWithin(Math.max(explored, 0)));
    }
    possibility = possibilityInProof;
    return prove(explored < 0 ? "" : everyScheduleWithin(explored) + ", then ", SHARE_FOR_PROOF);
  }

  /**
   * What a bounded search has come to.
   *
   * @param bad the first run that went wrong, or null
   * @param rest makes the runs after that one
   * @param ended whether it has gone to the end, or to that run
   * @param exhaustive whether nothing was cut by the bound
   */
  private record Bounded(@Nullable RunResult bad, Strategy rest, boolean ended, boolean exhaustive) {}

  private Bounded within(int bound, double share) {
    DepthFirst strategy = DepthFirst.bounded(bound, SwitchCost.PREEMPTIONS);
    begin(everyScheduleWithin(bound));
    for (int runs = 0; strategy.nextRun(); runs++) {
      if (isSpent(share)) {
        return new Bounded(null, strategy, false, false);
      }
      if (runs == hunt.runsAlone() && hunt.jobs() > 1) {
        return withinTogether(bound, share);
      }
      RunResult result = run(strategy);
      if (result.finding() != null) {
        return new Bounded(result, strategy, true, false);
      }
    }
    return new Bounded(null, strategy, true, strategy.isExhaustive());
  }

  private Bounded withinTogether(int bound, double share) {
    DepthFirst whole = DepthFirst.bounded(bound, SwitchCost.PREEMPTIONS);
    Split.Outcome outcome =
        split(share).search(() -> DepthFirst.bounded(bound, SwitchCost.PREEMPTIONS), whole::below);
    note(outcome);
    RunResult bad = outcome.bad();
    if (bad == null) {
      return new Bounded(null, whole, outcome.ended(), outcome.exhaustive());
    }
    DepthFirst rest = whole.from(bad.schedule());
    rest.nextRun();
    explorer.run(rest);
    return new Bounded(bad, rest, true, false);
  }

  private void note(Split.Outcome outcome) {
    leftOut = outcome.leftOut() == null ? leftOut : outcome.leftOut();
    possibility = possibility == null ? outcome.possibility() : possibility;
  }

  private Split split(double share) {
    return new Split(explorer, hunt.jobs(), () -> isSpent(share));
  }

  private Report possibility(RunResult run, String how) {
    boolean lockOrder = requireNonNull(run.finding()).isLockOrder();
    return race(run, new Recorded(run.schedule()), how + (lockOrder ? ", and none hangs" : ", and none shows it"));
  }

  private Report everySchedule() {
    Strategy strategy = DepthFirst.bruteForce();
    begin("every schedule");
    RunResult bad = firstBad(strategy, 1);
    if (bad != null) {
      return raceWithFewerPreemptions(bad, "depth first");
    }
    return isSpent(1) && strategy.nextRun() || leftOut != null
        ? clean(Verdict.CLEAN_WITHIN_BUDGET, "depth first, some of the schedules")
        : clean(Verdict.VERIFIED, "every schedule there is, depth first");
  }

  private Report prove(String before, double share) {
    begin("classes");
    while (proof.goesOn()) {
      if (isSpent(share)) {
        coverage = proof.coverage();
        return unproved(before, share);
      }
      if (hunt.jobs() > 1 && proof.coverage().classes() >= hunt.runsAlone()) {
        return proveTogether(before, share);
      }
      proof.run();
    }
    RunResult bad = proof.bad();
    return bad != null ? raceWithFewerPreemptions(bad, "source-DPOR") : proved();
  }

  private Report proveTogether(String before, double share) {
    Split.Outcome outcome;
    do {
      outcome = split(share).search(SourceDpor::expandingAll, SourceDpor::below);
      note(outcome);
      coverage = new Report.Coverage(outcome.complete(), outcome.redundant(), false);
    } while (outcome.bad() == null && explorer.learns(outcome.processorsScarce(), outcome.waitsForSeveral()));
    if (outcome.bad() != null) {
      return raceWithFewerPreemptions(outcome.bad(), "source-DPOR");
    }
    return outcome.ended() ? proved(coverage) : unproved(before, share);
  }

  private Report proved() {
    return proved(proof.coverage());
  }

  private Report proved(Report.Coverage seen) {
    coverage = seen;
    if (leftOut != null) {
      return clean(Verdict.CLEAN_WITHIN_BUDGET, "every schedule in which " + leftOut);
    }
    coverage = coverage.completed();
    return clean(Verdict.VERIFIED, "every inequivalent schedule, by source-DPOR: " + coverage);
  }

  private Report unproved(String before, double share) {
    String some = before + coverage.classes() + " classes by source-DPOR";
    return share == 1 ? clean(Verdict.CLEAN_WITHIN_BUDGET, some) : draw(BEYOND, some + ", then ");
  }

  /** Too many to go through all of them: some at random, and an estimate of how many there are. */
  private Report draw(Approach approach, String before) {
    begin("by " + approach);
    Deal deal =
        new Deal(
            explorer,
            () -> approach.sampler(hunt.seed()),
            hunt.jobs(),
            Math.max(0, runsWithin(SHARE_FOR_SAMPLE) - explorer.runs()),
            () -> isSpent(SHARE_FOR_SAMPLE),
            () -> tell(null));
    deal.draw(hunt.runsAlone());
    possibility = possibility == null ? deal.possibility() : possibility;
    RunResult bad = deal.bad();
    Sampling sampling = new Sampling(approach, hunt.seed());
    if (bad == null) {
      begin("probes");
      bad = sampling.probe(this::run, () -> isSpent(1) && (sampling.hasProbed() || hasRunAll(1)));
    }
    sample = sampling.report(deal.counter());
    return bad != null
        ? raceWithFewerPreemptions(bad, approach + ", seed " + hunt.seed())
        : clean(Verdict.CLEAN_WITHIN_BUDGET, before + sample);
  }

  private void begin(String what) {
    phase = what;
    phaseBegan = explorer.runs();
    nextTelling = 1;
  }

  private void tell(@Nullable Strategy strategy) {
    long runs = explorer.runs() - phaseBegan;
    if (runs >= nextTelling) {
      nextTelling = runs + TELLING_INTERVAL;
      hunt.progress().tell(phase, runs, strategy == null ? Double.NaN : strategy.progress());
    }
  }

  private RunResult run(Strategy strategy) {
    RunResult result = explorer.run(strategy);
    leftOut = result.leftOut() == null ? leftOut : result.leftOut();
    tell(strategy);
    if (isPossibility(result)) {
      possibility = possibility == null ? result : possibility;
      return result.withoutFinding();
    }
    return result;
  }

  private @Nullable RunResult firstBad(Strategy strategy, double share) {
    while (!isSpent(share) && strategy.nextRun()) {
      RunResult result = run(strategy);
      if (result.finding() != null) {
        return result;
      }
    }
    return null;
  }

  private static boolean isErrorOfModel(RunResult result) {
    return result.finding() != null && result.finding().isErrorOfModel();
  }

  private Report raceWithFewerPreemptions(RunResult found, String by) {
    if (isErrorOfModel(found)) {
      return error(requireNonNull(found.finding()), by);
    }
    RunResult smaller = Shrinking.shrink(this::run, found, explorer::isAbandoned);
    for (int bound = explored + 1; bound <= smaller.preemptions() && !isSpent(1); bound++) {
      Bounded search = within(bound, 1);
      if (search.bad != null) {
        return race(search.bad, search.rest, by + ", then depth first, " + everyScheduleWithin(bound));
      }
    }
    return race(smaller, new Recorded(smaller.schedule()), by + ", made smaller");
  }

  private Report race(RunResult bad, Strategy strategy, String how) {
    if (isErrorOfModel(bad)) {
      return error(requireNonNull(bad.finding()), how);
    }
    Mistake mistake = Mistake.of(requireNonNull(bad.finding()));
    RunResult smallest = bad;
    for (int tries = 0; tries < SHRINKING_SCHEDULES && strategy.nextRun(); tries++) {
      RunResult other = explorer.run(strategy);
      if (Smallness.isSmaller(other, smallest) && mistake.isMadeIn(other)) {
        smallest = other;
      }
    }
    TraceRecorder recorder = new TraceRecorder();
    RunResult again = Replay.run(explorer, smallest.schedule(), recorder);
    Finding finding = again.finding();
    if (finding == null || !finding.rule().equals(ruleOf(bad))) {
      return error(Confirmation.differs(bad, again), REPLAYING);
    }
    long runs = explorer.runs();
    Finding differs = confirmation.of(smallest);
    if (differs != null) {
      return error(differs, REPLAYING);
    }
    differs = confirmation.ofPlainest();
    if (differs != null) {
      return error(differs, PLAINEST);
    }
    return new Report(
        hunt.scenario(),
        Verdict.RACE,
        finding,
        how,
        runs,
        new Report.Counterexample(
            Replay.stringOf(explorer, smallest.schedule()),
            smallest.preemptions(),
            smallest.switches(),
            recorder.trace(finding)),
        elapsed(),
        Report.Coverage.NONE,
        sample);
  }

  private static boolean isPossibility(RunResult result) {
    return result.finding() != null && result.finding().isPossibility();
  }

  private static String ruleOf(RunResult result) {
    return result.finding() == null ? "" : result.finding().rule();
  }

  private Report error(Finding finding, String how) {
    return new Report(hunt.scenario(), Verdict.ERROR, finding, how, explorer.runs(), null, elapsed());
  }

  private Report clean(Verdict verdict, String how) {
    if (possibility != null) {
      return possibility(possibility, how);
    }
    long runs = explorer.runs();
    Finding differs = confirmation.ofPlainest();
    return differs != null
        ? error(differs, PLAINEST)
        : new Report(hunt.scenario(), verdict, null, how, runs, null, elapsed(), coverage, sample);
  }

  private boolean isSpent(double share) {
    return hasRunAll(share)
        || explorer.runs() > 0 && System.nanoTime() - started > hunt.budget().time().toNanos() * share;
  }

  private boolean hasRunAll(double share) {
    return explorer.isAbandoned() || explorer.runs() > 0 && explorer.runs() >= runsWithin(share);
  }

  private long runsWithin(double share) {
    return (long) Math.ceil(hunt.budget().schedules() * share);
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - started);
  }

  private static String everyScheduleWithin(int bound) {
    return bound == 0
        ? "every schedule without preemption"
        : "every schedule with at most " + bound + (bound == 1 ? " preemption" : " preemptions");
  }
}
