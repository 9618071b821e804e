package org.cancelsafe.hunter.explore;

import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.Processor;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.hunter.coroutine.Coroutine;
import org.jspecify.annotations.Nullable;

/** An activity of an explored run, and the step it would take next. */
final class Task {
  final Activity activity;
  final int index;
  final VectorClock clock = new VectorClock();
  Coroutine coroutine;
  boolean entered;
  boolean finished;

  @Nullable StepKind kind;
  @Nullable MachineObject target;
  @Nullable Gate gate;
  @Nullable Object operand;
  boolean mayTimeOut;

  /** What the next step touches. */
  long footprint;

  /** Where the next step was announced, in a recorded run. */
  @Nullable String site;

  /** The processor that a DPC was queued to. */
  @Nullable Processor queuedTo;

  Task(Activity activity, int index) {
    this.activity = activity;
    this.index = index;
  }

  void announce(StepKind kind, MachineObject target, @Nullable Gate gate, @Nullable Object operand) {
    this.kind = kind;
    this.target = target;
    this.gate = gate;
    this.operand = operand;
    this.mayTimeOut = false;
  }

  boolean passesGate() {
    return gate == null || mayTimeOut || gate.passable(activity);
  }
}
