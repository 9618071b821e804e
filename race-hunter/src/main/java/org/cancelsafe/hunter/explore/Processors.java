package org.cancelsafe.hunter.explore;

import com.google.common.collect.ImmutableList;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.ActivityKind;
import org.cancelsafe.emu.machine.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Who may run where. An activity at DISPATCH_LEVEL or above has a processor to itself from the step that raised it until
 * it lowers; below, it needs some processor that nobody has to himself; a DPC needs the one it was queued to, and its
 * turn there. Raising and taking a spin lock are one step: while the lock is held by another the raise shows nothing
 * that the others could not have done before it.
 */
final class Processors {
  private final ImmutableList<Processor> all;
  private final Map<Processor, Deque<Task>> dpcs = new HashMap<>();
  private int free;
  private boolean everScarce;

  Processors(ImmutableList<Processor> all) {
    this.all = all;
    this.free = all.size();
  }

  boolean available(Task task) {
    Activity activity = task.activity;
    if (activity.kind() == ActivityKind.HARDWARE || activity.processor() != null) {
      return true;
    }
    boolean available;
    if (task.queuedTo != null) {
      available = task.queuedTo.occupant() == null && firstDpc(task.queuedTo) == task;
    } else {
      available = free > 0;
    }
    everScarce |= !available;
    return available;
  }

  /** The DPC whose turn it is on this processor; those that were taken out of the queue again do not count. */
  private @Nullable Task firstDpc(Processor processor) {
    for (Task dpc : queue(processor)) {
      if (dpc.passesGate()) {
        return dpc;
      }
    }
    return null;
  }

  /** The task takes its step: from now on it has its processor, if its IRQL says so. */
  void occupy(Task task) {
    Activity activity = task.activity;
    if (activity.kind() == ActivityKind.HARDWARE || activity.processor() != null || !activity.irql().ownsProcessor()) {
      return;
    }
    Processor processor = task.queuedTo != null ? task.queuedTo : firstFree();
    processor.setOccupant(activity);
    activity.setProcessor(processor);
    free--;
  }

  private Processor firstFree() {
    for (Processor processor : all) {
      if (processor.occupant() == null) {
        return processor;
      }
    }
    throw new IllegalStateException("no processor is free");
  }

  void vacate(Activity activity) {
    Processor processor = activity.processor();
    if (processor != null && processor.occupant() == activity) {
      processor.setOccupant(null);
      activity.setProcessor(null);
      free++;
    }
  }

  void queueDpc(Task dpc, Processor processor, boolean head) {
    everScarce = true;
    dpc.queuedTo = processor;
    if (head) {
      queue(processor).addFirst(dpc);
    } else {
      queue(processor).addLast(dpc);
    }
  }

  /** A DPC has run, or was taken out of its queue. */
  void dequeueDpc(Task dpc) {
    if (dpc.queuedTo != null) {
      queue(dpc.queuedTo).remove(dpc);
    }
  }

  private Deque<Task> queue(Processor processor) {
    return dpcs.computeIfAbsent(processor, key -> new ArrayDeque<>());
  }

  /** Whether it ever made a difference how many processors there are. */
  boolean wereScarce() {
    return everScarce;
  }
}
