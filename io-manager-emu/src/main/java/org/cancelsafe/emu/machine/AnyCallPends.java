package org.cancelsafe.emu.machine;

/**
 * Each call of an explored run pends, or does not. That is a choice of the scheduler like any other: the option strikes
 * at a step of its own, and the next call after that pends; then it may strike again.
 */
final class AnyCallPends extends ForcePending {
  private boolean struck;

  void offer(Machine machine) {
    Activity strike = machine.newActivity(ActivityKind.HARDWARE, "force pending", () -> struck = true);
    machine.startAfter(strike, StepKind.FORCE_PENDING, new OpenGate(this), 0);
  }

  @Override
  boolean nextPends(Machine machine) {
    boolean pends = struck;
    if (pends) {
      struck = false;
      offer(machine);
    }
    return pends;
  }
}
