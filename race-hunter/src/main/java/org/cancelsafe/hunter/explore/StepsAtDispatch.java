package org.cancelsafe.hunter.explore;

import org.cancelsafe.emu.machine.ActivityKind;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.Rule;

/** Whoever goes below DISPATCH_LEVEL after a great many steps was there for too long; who never does, is not here. */
final class StepsAtDispatch {
  private static final int MOST = 1_000;

  private StepsAtDispatch() {}

  /** The task takes a step. */
  static void count(Task task) {
    if (task.level >= Irql.DISPATCH_LEVEL.level()) {
      task.stepsAtDispatch++;
      task.stepsHolding += task.activity.spinLocksHeld() > 0 ? 1 : 0;
    }
  }

  /** The task goes below DISPATCH_LEVEL. */
  static void check(Task task, Machine machine) {
    if (task.stepsAtDispatch > MOST && !machine.isStopped()) {
      machine.fail(
          ruleFor(task).violated(
              machine, task.activity + " took " + task.stepsAtDispatch + " steps at DISPATCH_LEVEL or above"));
    }
    task.stepsAtDispatch = 0;
    task.stepsHolding = 0;
  }

  private static Rule ruleFor(Task task) {
    if (task.stepsHolding > MOST) {
      return Rule.SPIN_LOCK_HELD_TOO_LONG;
    }
    return task.activity.kind() == ActivityKind.THREAD ? Rule.TOO_LONG_AT_DISPATCH : Rule.DPC_TOO_LONG;
  }
}
