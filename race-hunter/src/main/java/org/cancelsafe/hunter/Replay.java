package org.cancelsafe.hunter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.hunter.explore.Explorer;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.strategy.Recorded;
import org.cancelsafe.hunter.strategy.StepCodes;
import org.cancelsafe.hunter.trace.Trace;
import org.cancelsafe.hunter.trace.TraceRecorder;
import org.jspecify.annotations.Nullable;

/** Runs recorded schedules again, and refuses those that do not fit the scenario as it is now. */
final class Replay {
  private Replay() {}

  static Report of(Scenario scenario, ReplayString replay) {
    if (!replay.scenario().equals(scenario.name())) {
      throw new ReplayString.Malformed(
          "this replay string was recorded for scenario " + replay.scenario() + ", not for " + scenario.name());
    }
    return OnCarrier.run(
        new Explorer(scenario),
        explorer -> checked(scenario, replay, explorer),
        (explorer, problem) -> {
          throw problem instanceof RuntimeException known ? known : new IllegalStateException(problem.getMessage(), problem);
        });
  }

  private static Report checked(Scenario scenario, ReplayString replay, Explorer explorer) {
    boolean sameVersion = fingerprint(explorer) == replay.fingerprint();
    TraceRecorder recorder = new TraceRecorder();
    Recorded schedule = new Recorded(replay.schedule());
    StepCodes codes = StepCodes.checking(schedule, replay.codes());
    codes.nextRun();
    RunResult result = explorer.run(codes, recorder);
    Trace trace = recorder.trace(result.finding());
    String difference =
        difference(codes, schedule, replay.schedule().length, result.schedule().length, trace, explorer);
    if (!sameVersion || difference != null) {
      throw new ReplayString.Malformed(
          (sameVersion ? "this replay string does not fit " : "this replay string was recorded for another version of ")
              + scenario.name()
              + (difference == null ? "" : ": " + difference) + "; hunt it again");
    }
    return new Report(
        scenario,
        result.finding() == null ? Verdict.CLEAN_WITHIN_BUDGET : Verdict.RACE,
        result.finding(),
        "replay",
        1,
        new Report.Counterexample(replay, result.preemptions(), result.switches(), trace),
        Duration.ZERO);
  }

  /** The first step that is not what it was, in words; null when there is none. */
  private static @Nullable String difference(
      StepCodes codes, Recorded schedule, int recorded, int steps, Trace trace, Explorer explorer) {
    if (codes.differsAt() > 0) {
      String was = whatHas(codes.expected(), codes, explorer);
      return "step " + codes.differsAt() + " was " + (was == null ? "another one" : was) + " by "
          + trace.nameOf(codes.activity()) + ", now " + codes.found();
    }
    if (schedule.hasDiverged()) {
      return "step " + schedule.position() + " was one of " + trace.nameOf(schedule.next())
          + ", who cannot go on there now";
    }
    if (!schedule.isUsedUp()) {
      return "step " + schedule.position() + " comes after the end now";
    }
    return steps == recorded ? null : "it has " + recorded + " steps, and the schedule goes on to step " + steps;
  }

  /** Which of the steps that the scenario can take has this code, if just one has. */
  private static @Nullable String whatHas(String code, StepCodes met, Explorer explorer) {
    StepCodes plainest = StepCodes.recording(new Recorded(new int[0]));
    plainest.nextRun();
    explorer.run(plainest);
    List<String> known = new ArrayList<>(plainest.met());
    known.addAll(met.met());
    List<String> fitting = known.stream().filter(step -> StepCodes.codeOf(step).equals(code)).distinct().toList();
    return fitting.size() == 1 ? fitting.get(0) : null;
  }

  /** Runs one schedule, recorded. */
  static RunResult run(Explorer explorer, int[] schedule, TraceRecorder recorder) {
    Recorded strategy = new Recorded(schedule);
    strategy.nextRun();
    return explorer.run(strategy, recorder);
  }

  /** The string that runs this schedule again. */
  static ReplayString stringOf(Explorer explorer, int[] schedule) {
    StepCodes codes = StepCodes.recording(new Recorded(schedule));
    codes.nextRun();
    explorer.run(codes);
    return new ReplayString(explorer.scenario().name(), fingerprint(explorer), schedule, codes.codes());
  }

  /** A hash of what the scenario does when nobody is interrupted. */
  static int fingerprint(Explorer explorer) {
    TraceRecorder recorder = new TraceRecorder();
    run(explorer, new int[0], recorder);
    if (explorer.letThreadsMatter()) {
      return fingerprint(explorer);
    }
    StringBuilder text = new StringBuilder();
    recorder.trace(null).steps().forEach(step -> text.append(step.activity()).append(step.text()).append('\n'));
    return text.toString().hashCode();
  }
}
