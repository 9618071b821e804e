package org.cancelsafe.hunter.explore;

import com.google.common.collect.ImmutableList;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.ActivityKind;
import org.cancelsafe.emu.machine.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Who may run where. An activity at DISPATCH_LEVEL or above has a processor to itself from the step that raised it
 * until it lowers; below, it needs some processor that nobody has to himself; a DPC needs the one it was queued to, and
 * its turn there, or any when it was queued by somebody whose processor is not known. Raising and taking a spin lock
 * are one step: while the lock is held by another the raise shows nothing that the others could not have done before
 * it.
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

  /**
   * The task takes its step: from now on it has its processor, if its IRQL says so.
   *
   * @return whether it did not have it before
   */
  boolean occupy(Task task) {
    Activity activity = task.activity;
    if (activity.kind() == ActivityKind.HARDWARE || activity.processor() != null || !activity.irql().ownsProcessor()) {
      return false;
    }
    Processor processor = task.queuedTo != null ? task.queuedTo : firstFree();
    processor.setOccupant(activity);
    activity.setProcessor(processor);
    free--;
    return true;
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

  /** Queues a DPC; where there are several processors to choose from, one for any of them does not wait its turn. */
  void queueDpc(Task dpc, @Nullable Processor processor, boolean head) {
    Processor target = all.size() == 1 ? all.get(0) : processor;
    if (target == null) {
      return;
    }
    everScarce = true;
    dpc.queuedTo = target;
    if (head) {
      queue(target).addFirst(dpc);
    } else {
      queue(target).addLast(dpc);
    }
  }

  /** The DPCs that wait for this processor to be lowered. */
  Collection<Task> queuedDpcs(Processor processor) {
    return queue(processor);
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
