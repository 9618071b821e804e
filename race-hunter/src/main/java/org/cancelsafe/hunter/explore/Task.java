package org.cancelsafe.hunter.explore;

import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.ActivityKind;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.Processor;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.hunter.coroutine.Coroutine;
import org.jspecify.annotations.Nullable;

/** An activity of an explored run, and the step it would take next. */
final class Task {
  private static final int BELOW_DISPATCH = Irql.APC_LEVEL.level();

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

  /** The processor that a DPC was queued to, or an ISR is for. */
  @Nullable Processor queuedTo;

  /** The processors that could take the interrupt instead. */
  List<Processor> alternatives = List.of();

  /** What this interrupted on its processor. */
  @Nullable Task interrupted;

  /** Of a DPC: whether its processor runs it before anything else below DISPATCH_LEVEL. */
  boolean drain;

  /** Of a thread: DPCs that its processor runs before it goes on. */
  final List<Task> standsStillFor = new ArrayList<>();

  /** Whether it is no chance which processor it has: it can have no other one, or has looked. */
  boolean knowsProcessor;

  /** How many steps it has taken since it was last below DISPATCH_LEVEL. */
  int stepsAtDispatch;

  /** How many of those with a spin lock held. */
  int stepsHolding;

  /** The IRQL that what is below this on its processor, whatever it is, can have at most. */
  final int below;

  /** The IRQL that its last step has left it at, or {@link #below} while it has no processor. */
  int level;

  Task(Activity activity, int index) {
    this.activity = activity;
    this.index = index;
    this.below =
        switch (activity.kind()) {
          case THREAD, DPC, THREADED_DPC -> BELOW_DISPATCH;
          case ISR -> activity.irql().level() - 1;
          case HARDWARE -> Irql.HIGH_LEVEL.level();
        };
    this.level = below;
  }

  void announce(StepKind kind, MachineObject target, @Nullable Gate gate, @Nullable Object operand) {
    this.kind = kind;
    this.target = target;
    this.gate = gate;
    this.operand = operand;
    this.mayTimeOut = false;
  }

  boolean isThreadBelowDispatch() {
    return level <= BELOW_DISPATCH && activity.kind() == ActivityKind.THREAD;
  }

  /** Whether DPCs that its own processor runs first have not all run; those that have are known to this from then on. */
  boolean standsStill() {
    if (standsStillFor.isEmpty()) {
      return false;
    }
    standsStillFor.removeIf(
        dpc -> {
          if (dpc.finished) {
            clock.join(dpc.clock);
          }
          return dpc.finished || !dpc.entered && !dpc.passesGate();
        });
    return !standsStillFor.isEmpty();
  }

  boolean passesGate() {
    return gate == null || mayTimeOut || gate.passable(activity);
  }
}
