package org.cancelsafe.hunter.explore;

import static java.util.Objects.requireNonNull;

import org.cancelsafe.emu.ke.DispatcherObject;
import org.cancelsafe.emu.machine.ActivityKind;
import org.cancelsafe.emu.machine.Facet;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.ObjectSet;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.hunter.strategy.Footprint;
import org.jspecify.annotations.Nullable;

/**
 * The footprints of a run's steps. Objects are numbered in the order in which steps are about them.
 *
 * <p>While nobody ever waits for a processor, who has one is nobody's business. Otherwise a step of somebody who has,
 * or takes, a processor of his own is dependent on every other one, and so is one that queues a DPC for a processor
 * known, which runs it before any thread. An interrupt that is asserted keeps nobody from anything until its ISR begins.
 *
 * <p>Where threads wait for several objects at once, what is done to one of them decides what becomes of the others:
 * all that is done to dispatcher objects is dependent then.
 *
 * <p>Who flushes the DPCs looks at which have been queued, whatever they are, and waits for their ends, which are no
 * steps: that is dependent on every other step.
 */
final class Footprints {
  private final Tasks tasks;
  private final boolean processorsMatter;
  private final Processors processors;
  private final boolean waitsForSeveralMatter;
  private int dispatcherObjects;
  private boolean seesWaitsForSeveral;
  private int objects;

  Footprints(boolean processorsMatter, boolean waitsForSeveralMatter, Processors processors, Tasks tasks) {
    this.tasks = tasks;
    this.processorsMatter = processorsMatter;
    this.waitsForSeveralMatter = waitsForSeveralMatter;
    this.processors = processors;
  }

  /** Whether anybody has waited for several objects. */
  boolean seesWaitsForSeveral() {
    return seesWaitsForSeveral;
  }

  /** The footprint of the step that the task has announced. */
  long of(Task task) {
    StepKind kind = requireNonNull(task.kind);
    MachineObject target = requireNonNull(task.target);
    Gate gate = task.gate;
    long footprint = Footprint.of(number(target), parts(kind.facet()), kind.changes());
    if (gate != null && !task.mayTimeOut) {
      footprint = Footprint.waits(footprint, gate == target);
    }
    MachineObject second = gate == null ? null : gate.alsoChanges();
    if (second != null) {
      footprint = Footprint.andChanges(footprint, number(second));
    }
    if (waitsForSeveralMatter && (target instanceof DispatcherObject || target instanceof ObjectSet)) {
      footprint =
          second == null
              ? Footprint.andChanges(footprint, allDispatcherObjects())
              : Footprint.exclusive(footprint);
    }
    seesWaitsForSeveral |= target instanceof ObjectSet;
    if (kind == StepKind.FLUSH_DPCS || kind == StepKind.WAIT_DPCS) {
      return Footprint.exclusive(footprint);
    }
    return processorsMatter ? withProcessors(footprint, task, second) : footprint;
  }

  private long withProcessors(long footprint, Task task, @Nullable MachineObject second) {
    if (task.activity.kind() != ActivityKind.HARDWARE && task.activity.irql().ownsProcessor()) {
      return Footprint.exclusive(footprint);
    }
    boolean queues = task.kind == StepKind.QUEUE_DPC || second != null;
    return queues && !processors.areAlike() ? Footprint.exclusive(footprint) : footprint;
  }

  private int allDispatcherObjects() {
    if (dispatcherObjects == 0) {
      dispatcherObjects = ++objects;
    }
    return dispatcherObjects;
  }

  private int number(MachineObject object) {
    Shadow shadow = Shadow.of(object, tasks);
    if (shadow.number == 0) {
      shadow.number = ++objects;
    }
    return shadow.number;
  }

  private static int parts(Facet facet) {
    return switch (facet) {
      case CANCEL -> 0b01;
      case CANCEL_ROUTINE -> 0b10;
      case WHOLE -> 0b11;
    };
  }
}
