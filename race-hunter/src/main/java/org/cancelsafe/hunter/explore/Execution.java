package org.cancelsafe.hunter.explore;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.hunter.coroutine.Switcher;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.strategy.Strategy;

/**
 * One run of a scenario under a strategy.
 *
 * <p>When nobody can go on the machine is at rest. It is judged, what is still pending is run down as when threads
 * exit, and it is judged again.
 */
final class Execution {
  private final Strategy strategy;
  private final Repetition repetition;
  private final Switcher switcher;
  private final ExploredScheduler scheduler;
  private final Machine machine;
  private final Turns turns;
  private boolean startsNothing;

  Execution(Strategy strategy, Repetition repetition, Switcher switcher, ExploredScheduler scheduler) {
    this.strategy = strategy;
    this.repetition = repetition;
    this.switcher = switcher;
    this.scheduler = scheduler;
    this.machine = scheduler.machine();
    this.turns = scheduler.turns();
  }

  RunResult run(Scenario scenario) {
    SetUp setUp = new SetUp(scenario);
    try {
      machine.boot(() -> setUp(scenario, setUp));
      if (!machine.isStopped()) {
        Ending.of(machine, this::runToRest);
      }
      UnorderedUse unordered = scheduler.unorderedUse();
      if (unordered != null && !machine.isStopped()) {
        machine.fail(unordered);
      }
      if (machine.failure() != null) {
        strategy.stopped(turns);
      }
    } finally {
      scheduler.end();
      switcher.abandon();
    }
    Throwable failure = scheduler.stopCaught() != null ? scheduler.stopCaught() : machine.failure();
    Schedule schedule = turns.schedule();
    Throwable differs = repetition.end(schedule.length(), failure);
    failure = differs != null ? differs : failure;
    return new RunResult(
        failure != null ? setUp.finding(failure) : startsNothing ? Finding.nothingStarted(scenario) : null,
        turns.isPruned(),
        schedule.toArray(),
        schedule.preemptions(),
        schedule.switches(),
        scheduler.processorsWereScarce(),
        scheduler.sawWaitsForSeveral(),
        turns.leftOut());
  }

  /** From another thread: the running activity is blocked, and its run is over. */
  void isBlocked(Throwable blocked) {
    machine.fail(blocked);
    switcher.leaveBehind();
  }

  private void setUp(Scenario scenario, SetUp setUp) {
    turns.setStranger(Activity.current());
    setUp.run(machine);
    startsNothing = scheduler.hasNobody() && !machine.hasHeldActivities();
    if (scenario.hasLowResources()) {
      machine.letOneAllocationFail();
    }
    if (scenario.forcesPending()) {
      machine.letCallsPend();
    }
  }

  private void runToRest() {
    scheduler.run();
    if (!machine.isStopped()) {
      strategy.atRest(turns);
      Map<Activity, Gate> waiting = scheduler.waiting();
      machine.end().setWaiting(waiting);
      checkSpinning(waiting);
    }
  }

  /** Who waits with the processor held is stuck, whatever is still to be run down. */
  private void checkSpinning(Map<Activity, Gate> waiting) {
    for (Activity waiter : waiting.keySet()) {
      if (waiter.irql().ownsProcessor()) {
        machine.boot(() -> stuck(waiter, requireNonNull(waiting.get(waiter))));
        return;
      }
    }
  }

  private void stuck(Activity waiter, Gate gate) {
    machine.end().checkWaiters();
    throw Rule.DEADLOCK.violated(machine, waiter + " spins for " + gate, waiter);
  }
}
