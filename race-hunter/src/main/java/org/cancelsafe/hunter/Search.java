package org.cancelsafe.hunter;

import java.time.Duration;
import org.cancelsafe.hunter.explore.Explorer;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.strategy.DepthFirst;
import org.cancelsafe.hunter.strategy.Recorded;
import org.cancelsafe.hunter.strategy.SourceDpor;
import org.cancelsafe.hunter.strategy.Strategy;
import org.cancelsafe.hunter.strategy.SwitchCost;
import org.cancelsafe.hunter.trace.TraceRecorder;
import org.jspecify.annotations.Nullable;

/**
 * One exploration. First it looks for something small: every schedule with no preemption, with one, with two. Then it
 * looks at everything, with source-DPOR. A counterexample of the second kind sends it back to the first, for one with
 * fewer preemptions; among those with the fewest it takes one with few switches and few steps.
 */
final class Search {
  private static final int SMALL = 2;
  private static final int SHRINKING_SCHEDULES = 3_000;
  private static final double SHARE_FOR_SMALL = 0.5;

  private final Scenario scenario;
  private final Explorer explorer;
  private final Budget budget;
  private final long started = System.nanoTime();
  private Report.Coverage coverage = Report.Coverage.NONE;
  private @Nullable String leftOut;

  Search(Scenario scenario, Explorer explorer, Budget budget) {
    this.scenario = scenario;
    this.explorer = explorer;
    this.budget = budget;
  }

  Report run() {
    RunResult plainest = replay(explorer, new int[0], new TraceRecorder());
    if (plainest.finding() != null && plainest.finding().isErrorOfModel()) {
      return error(plainest.finding(), "the plainest schedule");
    }
    for (int bound = 0; bound <= SMALL; bound++) {
      Strategy strategy = DepthFirst.bounded(bound, SwitchCost.PREEMPTIONS);
      RunResult bad = firstBad(strategy, SHARE_FOR_SMALL);
      if (bad != null) {
        return race(bad, strategy, everyScheduleWithin(bound));
      }
      if (isSpent(SHARE_FOR_SMALL)) {
        break;
      }
      if (strategy.isExhaustive()) {
        break;
      }
    }
    return prove();
  }

  /** When processors turn out to matter, what was pruned before was pruned for the wrong reason: all is done again. */
  private Report prove() {
    Strategy strategy = new SourceDpor();
    coverage = Report.Coverage.NONE;
    while (strategy.nextRun()) {
      if (isSpent(1)) {
        return clean(Verdict.CLEAN_WITHIN_BUDGET, everyScheduleWithin(SMALL) + ", then some of the others");
      }
      RunResult result = run(strategy);
      coverage = coverage.plus(result.pruned());
      if (result.finding() != null) {
        return raceWithFewerPreemptions(result);
      }
      if (explorer.learns(result)) {
        strategy = new SourceDpor();
        coverage = Report.Coverage.NONE;
      }
    }
    if (leftOut != null) {
      return clean(Verdict.CLEAN_WITHIN_BUDGET, "every schedule in which " + leftOut);
    }
    coverage = coverage.completed();
    return clean(Verdict.VERIFIED, "every inequivalent schedule, by source-DPOR: " + coverage);
  }

  private RunResult run(Strategy strategy) {
    RunResult result = explorer.run(strategy);
    leftOut = result.leftOut() == null ? leftOut : result.leftOut();
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

  private Report raceWithFewerPreemptions(RunResult found) {
    for (int bound = SMALL + 1; bound < found.preemptions(); bound++) {
      Strategy strategy = DepthFirst.bounded(bound, SwitchCost.PREEMPTIONS);
      RunResult bad = firstBad(strategy, 1);
      if (bad != null) {
        return race(bad, strategy, everyScheduleWithin(bound));
      }
    }
    return race(found, new Recorded(found.schedule()), "then source-DPOR");
  }

  private Report race(RunResult bad, Strategy strategy, String how) {
    RunResult smallest = bad;
    for (int tries = 0; tries < SHRINKING_SCHEDULES && strategy.nextRun(); tries++) {
      RunResult other = explorer.run(strategy);
      if (other.finding() != null && isSmaller(other, smallest) && sameRule(other, bad)) {
        smallest = other;
      }
    }
    TraceRecorder recorder = new TraceRecorder();
    RunResult again = replay(explorer, smallest.schedule(), recorder);
    Finding finding = again.finding();
    if (finding == null || !finding.rule().equals(ruleOf(bad))) {
      return error(nondeterministic(ruleOf(bad), finding), "replaying a schedule that went wrong");
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
    return Finding.of(
        new IllegalStateException(
            "the scenario is not deterministic: the schedule that broke " + rule + " "
                + (instead == null ? "goes well" : "breaks " + instead.rule()) + " when it is run again; "
                + "model code may depend on nothing but its machine"));
  }

  private static boolean isSmaller(RunResult one, RunResult other) {
    if (one.preemptions() != other.preemptions()) {
      return one.preemptions() < other.preemptions();
    }
    if (one.switches() != other.switches()) {
      return one.switches() < other.switches();
    }
    return one.schedule().length < other.schedule().length;
  }

  private static boolean sameRule(RunResult one, RunResult other) {
    return ruleOf(one).equals(ruleOf(other));
  }

  private static String ruleOf(RunResult result) {
    return result.finding() == null ? "" : result.finding().rule();
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
    return new Report(scenario, verdict, null, how, explorer.runs(), null, elapsed(), coverage);
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
