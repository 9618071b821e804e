package org.cancelsafe.hunter.explore;

import java.util.Collection;
import org.cancelsafe.emu.machine.ActivityKind;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.ObjectSet;
import org.cancelsafe.emu.machine.Processor;
import org.cancelsafe.emu.machine.StepKind;
import org.jspecify.annotations.Nullable;

/**
 * What a run's activities know of each other: who was made by whom, and what a step that publishes tells one that
 * observes the same thing later. Each activity's own time goes on whenever it has told something.
 *
 * <p>Where there is one processor, its IRQL orders too. Whoever raises it past a level comes after all who lowered it
 * past that level, since neither could have begun inside the other: an ISR at 5 after a thread that was at 5, but not
 * after one that was at 2 and that it could have interrupted. Whoever leaves a processor comes before the DPCs that are
 * queued there. Of several processors, that two had the same one is chance, unless they knew which one they had.
 */
final class HappensBefore {
  private final Tasks tasks;
  private final VectorClock endedDpcs = new VectorClock();
  private final @Nullable VectorClock[][] lowered;

  HappensBefore(int processors, Tasks tasks) {
    this.tasks = tasks;
    this.lowered = new VectorClock[processors][Irql.values().length];
  }

  void made(Task child, Task maker) {
    child.clock.join(maker.clock);
    maker.clock.tick(maker.index);
  }

  void took(Task task, StepKind kind, MachineObject target) {
    if (!kind.observes() && !kind.publishes()) {
      return;
    }
    if (kind == StepKind.FLUSH_DPCS || kind == StepKind.WAIT_DPCS) {
      task.clock.join(endedDpcs);
    }
    if (target instanceof ObjectSet set) {
      for (MachineObject part : set.parts()) {
        took(task, kind, part);
      }
      return;
    }
    Shadow shadow = Shadow.of(target, tasks);
    if (kind.observes()) {
      shadow.observe(kind.facet(), task.clock);
    }
    if (kind.publishes()) {
      shadow.publish(kind.facet(), task.clock);
      task.clock.tick(task.index);
    }
  }

  /** The task has come to its end; who flushes the DPCs later comes after it, if it is one. */
  void ended(Task task) {
    if (task.activity.kind() == ActivityKind.DPC || task.activity.kind() == ActivityKind.THREADED_DPC) {
      endedDpcs.join(task.clock);
    }
  }

  /** The task has raised its processor from this level to its own. */
  void raised(Task task, int from) {
    Processor processor = task.activity.processor();
    if (processor != null && isNoChance(task)) {
      for (int level = from + 1; level <= task.level; level++) {
        VectorClock before = lowered[processor.number()][level];
        if (before != null) {
          task.clock.join(before);
        }
      }
    }
  }

  /** The task has looked which processor it has. */
  void knowsProcessor(Task task) {
    task.knowsProcessor = true;
    raised(task, task.below);
  }

  private boolean isNoChance(Task task) {
    return lowered.length == 1 || task.knowsProcessor;
  }

  /** The task lowers its processor from its own level to this one. */
  void lowered(Task task, int to, Collection<Task> queuedDpcs) {
    Processor processor = task.activity.processor();
    if (processor != null && isNoChance(task)) {
      for (int level = to + 1; level <= task.level; level++) {
        VectorClock[] clocks = lowered[processor.number()];
        if (clocks[level] == null) {
          clocks[level] = new VectorClock();
        }
        clocks[level].join(task.clock);
      }
    }
    if (to < Irql.DISPATCH_LEVEL.level()) {
      for (Task dpc : queuedDpcs) {
        dpc.clock.join(task.clock);
      }
    }
    task.clock.tick(task.index);
  }
}
