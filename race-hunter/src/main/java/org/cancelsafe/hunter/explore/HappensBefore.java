package org.cancelsafe.hunter.explore;

import java.util.Collection;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.StepKind;

/**
 * What a run's activities know of each other: who was made by whom, and what a step that publishes tells one that
 * observes the same thing later. Each activity's own time goes on whenever it has told something.
 *
 * <p>Having a processor orders those who have it one after the other where there is no other one to have, and whoever
 * leaves it before the DPCs that are queued there. Of several processors, that two had the same one is chance.
 */
final class HappensBefore {
  private final boolean oneProcessor;
  private final VectorClock leftProcessor = new VectorClock();

  HappensBefore(int processors) {
    this.oneProcessor = processors == 1;
  }

  void made(Task child, Task maker) {
    child.clock.join(maker.clock);
    maker.clock.tick(maker.index);
  }

  void took(Task task, StepKind kind, MachineObject target) {
    if (!kind.observes() && !kind.publishes()) {
      return;
    }
    Shadow shadow = Shadow.of(target);
    if (kind.observes()) {
      shadow.observe(kind.facet(), task.clock);
    }
    if (kind.publishes()) {
      shadow.publish(kind.facet(), task.clock);
      task.clock.tick(task.index);
    }
  }

  void tookProcessor(Task task) {
    if (oneProcessor) {
      task.clock.join(leftProcessor);
    }
  }

  void leftProcessor(Task task, Collection<Task> queuedDpcs) {
    if (oneProcessor) {
      leftProcessor.join(task.clock);
    }
    queuedDpcs.forEach(dpc -> dpc.clock.join(task.clock));
    task.clock.tick(task.index);
  }
}
