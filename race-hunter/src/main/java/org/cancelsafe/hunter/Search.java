package org.cancelsafe.hunter;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.cancelsafe.hunter.explore.Explorer;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.strategy.DepthFirst;
import org.cancelsafe.hunter.strategy.Recorded;
import org.cancelsafe.hunter.strategy.Strategy;
import org.cancelsafe.hunter.strategy.SwitchCost;
import org.cancelsafe.hunter.trace.TraceRecorder;
import org.jspecify.annotations.Nullable;

/**
 * One exploration. First it has a short look at everything, with source-DPOR: many a scenario has few inequivalent
 * schedules, and nothing that bounds the search would help there. Then it looks for something small: every schedule
 * with no preemption, with one, with two. Then it goes on with everything. A counterexample of source-DPOR sends it
 * back for one with fewer preemptions; among those of the same mistake with the fewest it takes one with few steps,
 * then few switches.
 */
final class Search {
  private static final int SMALL = 2;
  private static final int SHRINKING_SCHEDULES = 3_000;
  private static final int SHORT_LOOK = 300;
  private static final double SHARE_FOR_SMALL = 0.5;

  private final Scenario scenario;
  private final Explorer explorer;
  private final Budget budget;
  private final long started = System.nanoTime();
  private final Proof proof;
  private int firstBoundLeft;

  Search(Scenario scenario, Explorer explorer, Budget budget) {
    this.scenario = scenario;
    this.explorer = explorer;
    this.budget = budget;
    this.proof = new Proof(explorer);
  }

  Report run() {
    RunResult plainest = replay(explorer, new int[0], new TraceRecorder());
    if (plainest.finding() != null && plainest.finding().isErrorOfModel()) {
      return error(plainest.finding(), "the plainest schedule");
    }
    RunResult bad = proof.goOn(() -> explorer.runs() > SHORT_LOOK || isSpent(SHARE_FOR_SMALL));
    if (bad != null) {
      return smallest(bad);
    }
    Report small = proof.isOver() ? null : small(SMALL, SHARE_FOR_SMALL);
    if (small != null) {
      return small;
    }
    bad = proof.goOn(() -> isSpent(1));
    return bad != null ? smallest(bad) : nothing();
  }

  /** The first race under a bound on preemptions that is not higher than this; null when none is found. */
  private @Nullable Report small(int highestBound, double share) {
    while (firstBoundLeft <= highestBound) {
      Strategy strategy = DepthFirst.bounded(firstBoundLeft, SwitchCost.PREEMPTIONS);
      RunResult bad = firstBad(strategy, share);
      if (bad != null) {
        return race(bad, strategy, everyScheduleWithin(firstBoundLeft));
      }
      if (isSpent(share)) {
        return null;
      }
      firstBoundLeft = strategy.isExhaustive() ? Integer.MAX_VALUE : firstBoundLeft + 1;
    }
    return null;
  }

  private @Nullable RunResult firstBad(Strategy strategy, double share) {
    while (!isSpent(share) && strategy.nextRun()) {
      RunResult result = explorer.run(strategy);
      if (result.finding() != null) {
        return result;
      }
    }
    return null;
  }

  private Report smallest(RunResult found) {
    Finding finding = requireNonNull(found.finding());
    boolean isError = finding.isErrorOfModel();
    int bound = found.preemptions();
    Report smaller = isError ? null : small(bound <= SMALL ? bound : bound - 1, 1);
    return smaller != null
        ? smaller
        : race(found, DepthFirst.bounded(bound, SwitchCost.PREEMPTIONS), "then source-DPOR");
  }

  private Report nothing() {
    if (!proof.isOver()) {
      String small = firstBoundLeft == 0 ? "" : everyScheduleWithin(Math.min(firstBoundLeft - 1, SMALL)) + ", then ";
      return clean(Verdict.CLEAN_WITHIN_BUDGET, small + "some of the others");
    }
    return proof.gaveWay()
        ? clean(Verdict.CLEAN_WITHIN_BUDGET, "every schedule in which who polls gives way in the end")
        : clean(Verdict.VERIFIED, "every inequivalent schedule, by source-DPOR: " + proof.coverage());
  }

  private Report race(RunResult bad, Strategy strategy, String how) {
    Finding found = requireNonNull(bad.finding());
    if (found.isErrorOfModel()) {
      return error(found, how);
    }
    Failure failure = Failure.of(found);
    RunResult smallest = bad;
    for (int tries = 0; tries < SHRINKING_SCHEDULES && strategy.nextRun(); tries++) {
      RunResult other = explorer.run(strategy);
      Finding finding = other.finding();
      if (finding != null && isSmaller(other, smallest) && Failure.of(finding).equals(failure)) {
        smallest = other;
      }
    }
    TraceRecorder recorder = new TraceRecorder();
    RunResult again = replay(explorer, smallest.schedule(), recorder);
    Finding finding = again.finding();
    if (finding == null || !finding.rule().equals(found.rule())) {
      return error(nondeterministic(found.rule(), finding), "replaying a schedule that went wrong");
    }
    ReplayString replay = new ReplayString(scenario.name(), fingerprint(explorer), smallest.schedule());
    return new Report(
        scenario,
        Verdict.RACE,
        finding,
        "depth first, " + how,
        explorer.runs(),
        new Report.Counterexample(replay, smallest.preemptions(), smallest.switches(), recorder.trace(finding)),
        elapsed(),
        Report.Coverage.NONE);
  }

  private static Finding nondeterministic(String rule, @Nullable Finding instead) {
    return Finding.nondeterminism(
        "the schedule that broke " + rule + " " + (instead == null ? "goes well" : "breaks " + instead.rule())
            + " when it is run again");
  }

  private static boolean isSmaller(RunResult one, RunResult other) {
    if (one.preemptions() != other.preemptions()) {
      return one.preemptions() < other.preemptions();
    }
    if (one.schedule().length != other.schedule().length) {
      return one.schedule().length < other.schedule().length;
    }
    return one.switches() < other.switches();
  }

  static RunResult replay(Explorer explorer, int[] schedule, TraceRecorder recorder) {
    Recorded strategy = new Recorded(schedule);
    strategy.nextRun();
    return explorer.run(strategy, recorder);
  }

  /** A hash of what the scenario does when nobody is interrupted. */
  static int fingerprint(Explorer explorer) {
    TraceRecorder recorder = new TraceRecorder();
    replay(explorer, new int[0], recorder);
    StringBuilder text = new StringBuilder();
    recorder.trace(null).steps().forEach(step -> text.append(step.activity()).append(step.text()).append('\n'));
    return text.toString().hashCode();
  }

  private Report error(Finding finding, String how) {
    return new Report(scenario, Verdict.ERROR, finding, how, explorer.runs(), null, elapsed());
  }

  private Report clean(Verdict verdict, String how) {
    return new Report(scenario, verdict, null, how, explorer.runs(), null, elapsed(), proof.coverage());
  }

  private boolean isSpent(double share) {
    return explorer.isAbandoned()
        || explorer.runs() > 0
        && (System.nanoTime() - started > budget.time().toNanos() * share
            || explorer.runs() >= budget.schedules() * share);
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
