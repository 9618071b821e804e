package org.cancelsafe.hunter;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.cancelsafe.emu.machine.Carrier;
import org.cancelsafe.hunter.coroutine.Switchers;
import org.cancelsafe.hunter.explore.Explorer;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.strategy.Recorded;
import org.cancelsafe.hunter.trace.TraceRecorder;

/**
 * Hunts for races.
 *
 * <pre>{@code
 * Report report = Hunter.explore(scenario, Budget.STANDARD);
 * }</pre>
 */
public final class Hunter {
  private static final long SILENCE_SECONDS = 10;

  private Hunter() {}

  /** Explores a scenario: finds a smallest counterexample, or goes through every inequivalent schedule. */
  public static Report explore(Scenario scenario, Budget budget) {
    return explore(scenario, budget, new LongAdder());
  }

  /** Explores a scenario, and counts the schedules for whoever watches. */
  public static Report explore(Scenario scenario, Budget budget, LongAdder schedules) {
    return onCarrier(
        new Explorer(scenario, schedules),
        explorer -> new Search(scenario, explorer, budget).run(),
        (explorer, problem) ->
            new Report(
                scenario,
                Verdict.ERROR,
                Finding.of(problem),
                "exploring",
                explorer.runs(),
                null,
                Duration.ZERO));
  }

  /** Explores a scenario within {@link Budget#STANDARD}. */
  public static Report explore(Scenario scenario) {
    return explore(scenario, Budget.STANDARD);
  }

  /**
   * Replays one schedule of a scenario.
   *
   * @return a report of a race or, when the schedule goes well, of no finding within its one schedule
   * @throws ReplayString.Malformed when the string was recorded for another scenario, or for another version of it
   */
  public static Report replay(Scenario scenario, ReplayString replay) {
    if (!replay.scenario().equals(scenario.name())) {
      throw new ReplayString.Malformed(
          "this replay string was recorded for scenario " + replay.scenario() + ", not for " + scenario.name());
    }
    return onCarrier(
        new Explorer(scenario),
        explorer -> replay(scenario, replay, explorer),
        (explorer, problem) -> {
          throw problem instanceof RuntimeException known ? known : new IllegalStateException(problem);
        });
  }

  private static Report replay(Scenario scenario, ReplayString replay, Explorer explorer) {
    if (Search.fingerprint(explorer) != replay.fingerprint()) {
      throw new ReplayString.Malformed(
          "this replay string was recorded for another version of " + scenario.name() + "; hunt it again");
    }
    TraceRecorder recorder = new TraceRecorder();
    Recorded schedule = new Recorded(replay.schedule());
    schedule.nextRun();
    RunResult result = explorer.run(schedule, recorder);
    if (schedule.hasDiverged() || !schedule.isUsedUp()) {
      throw new ReplayString.Malformed(
          "this replay string does not fit " + scenario.name() + ": step " + schedule.position()
              + (schedule.hasDiverged() ? " is taken by somebody who cannot go on there" : " comes after the end"));
    }
    return new Report(
        scenario,
        result.finding() == null ? Verdict.CLEAN_WITHIN_BUDGET : Verdict.RACE,
        result.finding(),
        "replay",
        1,
        new Report.Counterexample(
            replay, result.preemptions(), result.switches(), recorder.trace(result.finding())),
        Duration.ZERO);
  }

  private interface OnProblem {
    Report report(Explorer explorer, Throwable problem);
  }

  /** Model code that runs without ever taking a step cannot be stopped, but it must not take the hunter with it. */
  private static Report onCarrier(Explorer explorer, Function<Explorer, Report> work, OnProblem onProblem) {
    CompletableFuture<Report> report = new CompletableFuture<>();
    Carrier carrier =
        new Carrier(
            "hunter " + explorer.scenario(),
            () -> {
              try (explorer) {
                explorer.open(Switchers.create());
                report.complete(work.apply(explorer));
              } catch (Throwable e) {
                report.completeExceptionally(e);
              }
            });
    carrier.start();
    long before = -1;
    while (true) {
      try {
        return report.get(SILENCE_SECONDS, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        if (explorer.runs() == before) {
          IllegalStateException stuck =
              new IllegalStateException(
                  "one run of " + explorer.scenario() + " did not end in " + SILENCE_SECONDS
                      + " s: model code loops or blocks outside the machine");
          stuck.setStackTrace(carrier.getStackTrace());
          return onProblem.report(explorer, stuck);
        }
        before = explorer.runs();
      } catch (ExecutionException e) {
        return onProblem.report(explorer, e.getCause());
      } catch (InterruptedException e) {
        explorer.abandon();
        Thread.currentThread().interrupt();
        String what = "hunting in " + explorer.scenario() + " was interrupted";
        return onProblem.report(explorer, new IllegalStateException(what, e));
      }
    }
  }
}
