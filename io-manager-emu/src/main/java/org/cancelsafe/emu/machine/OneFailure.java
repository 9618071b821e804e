package org.cancelsafe.emu.machine;

/**
 * One allocation of an explored run fails, or none. Which one is a choice of the scheduler like any other: memory runs
 * short at a step of its own, and the next allocation after that fails. So every failure path is walked, in every
 * order, and a schedule that is replayed fails the same one.
 */
final class OneFailure extends LowResources {
  private boolean isShort;

  void offer(Machine machine) {
    Activity shortage = machine.newActivity(ActivityKind.HARDWARE, "low resources", () -> isShort = true);
    machine.startAfter(shortage, StepKind.RUN_SHORT, new OpenGate(this), 0);
  }

  @Override
  boolean nextFails() {
    boolean fails = isShort;
    isShort = false;
    return fails;
  }
}
