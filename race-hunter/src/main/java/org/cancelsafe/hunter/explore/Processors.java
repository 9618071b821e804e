package org.cancelsafe.hunter.explore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import org.cancelsafe.emu.machine.ActivityKind;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Processor;
import org.jspecify.annotations.Nullable;

/**
 * Who may run where. An activity at DISPATCH_LEVEL or above has a processor to itself from the step that raised it
 * until it lowers; below, it needs some processor that nobody has to himself; a DPC needs the one it was queued to, and
 * its turn there, or any when it was queued by somebody whose processor is not known. An ISR takes its processor from
 * whoever has it at a lower IRQL; that one stands still until the ISR has returned. Raising and taking a spin lock are
 * one step: while the lock is held by another the raise shows nothing that the others could not have done before it.
 */
final class Processors {
  private static final int DISPATCH = Irql.DISPATCH_LEVEL.level();

  private final Processor[] all;
  private final @Nullable Task[] running;
  private final List<Deque<Task>> dpcs;
  private int free;
  private boolean everScarce;
  private boolean alike = true;

  Processors(List<Processor> all) {
    this.all = all.toArray(new Processor[0]);
    this.free = this.all.length;
    this.running = new Task[free];
    this.dpcs = new ArrayList<>(free);
    for (int number = 0; number < free; number++) {
      dpcs.add(new ArrayDeque<>());
    }
  }

  boolean available(Task task) {
    if (task.activity.kind() == ActivityKind.HARDWARE) {
      return true;
    }
    boolean available;
    if (task.activity.processor() != null) {
      available = task.activity.interruptedBy() == null;
    } else if (task.standsStill()) {
      everScarce = true;
      return false;
    } else if (task.queuedTo == null) {
      available = task.activity.kind() == ActivityKind.DPC ? free > 0 : isAnyLeftTo(task);
    } else if (task.activity.kind() == ActivityKind.ISR) {
      available = canInterrupt(task, task.queuedTo);
    } else {
      available = running(task.queuedTo) == null && firstDpc(task.queuedTo) == task;
    }
    everScarce |= !available;
    return available;
  }

  /** Whether there is a processor for this thread that nobody has to himself and that has no DPCs to run first. */
  private boolean isAnyLeftTo(Task thread) {
    for (Processor processor : all) {
      if (isFreeFor(thread, processor) && !isDraining(processor)) {
        return true;
      }
    }
    return false;
  }

  private boolean isDraining(Processor processor) {
    for (Task dpc : queue(processor)) {
      if (dpc.drain && dpc.passesGate()) {
        return true;
      }
    }
    return false;
  }

  private @Nullable Task running(Processor processor) {
    return running[processor.number()];
  }

  /** Of processors that have nothing to do and are all alike, the first takes an interrupt. */
  private boolean canInterrupt(Task isr, Processor processor) {
    Task there = running(processor);
    if (there != null) {
      return there.level < isr.activity.irql().level();
    }
    if (alike && isIdle(processor)) {
      for (Processor other : isr.alternatives) {
        if (isIdle(other)) {
          return other == processor;
        }
      }
    }
    return true;
  }

  private boolean isIdle(Processor processor) {
    return running(processor) == null && queue(processor).isEmpty();
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
   * The task takes its step: from now on it is at its IRQL, and has a processor if that says so.
   *
   * @return whether it might have had another one, and that would have made a difference
   */
  boolean occupy(Task task) {
    if (task.activity.kind() == ActivityKind.HARDWARE) {
      return false;
    }
    task.level = Math.max(task.below, task.activity.irql().level());
    if (task.level < DISPATCH || task.activity.processor() != null) {
      return false;
    }
    task.knowsProcessor = isBound(task);
    boolean chosen = !alike && task.queuedTo == null && freeFor(task) > 1;
    Processor processor = task.queuedTo != null ? task.queuedTo : firstFree(task);
    Task there = running(processor);
    if (there == null) {
      free--;
    } else {
      there.activity.setInterruptedBy(task.activity);
      task.interrupted = there;
    }
    running[processor.number()] = task;
    task.activity.setProcessor(processor);
    return chosen;
  }

  /** Whether the task can have one processor only. */
  boolean isBound(Task task) {
    if (task.activity.kind() == ActivityKind.ISR) {
      return task.alternatives.size() == 1;
    }
    long mask = task.activity.affinity() & -1L >>> Long.SIZE - all.length;
    return Long.bitCount(mask) == 1;
  }

  private int freeFor(Task task) {
    int count = 0;
    for (Processor processor : all) {
      count += isFreeFor(task, processor) ? 1 : 0;
    }
    return count;
  }

  private boolean isFreeFor(Task task, Processor processor) {
    return running(processor) == null && task.activity.mayRunOn(processor);
  }

  private Processor firstFree(Task task) {
    for (Processor processor : all) {
      if (isFreeFor(task, processor)) {
        return processor;
      }
    }
    throw new IllegalStateException("no processor is free");
  }

  /** The task has lowered its IRQL to this level: below DISPATCH_LEVEL, and at the end of an ISR, others may run. */
  void lower(Task task, int level) {
    task.level = level;
    Processor processor = task.activity.processor();
    if (processor == null || level > task.below) {
      return;
    }
    Task interrupted = task.interrupted;
    if (interrupted == null) {
      free++;
    } else {
      interrupted.activity.setInterruptedBy(null);
    }
    task.interrupted = null;
    running[processor.number()] = interrupted;
    task.activity.setProcessor(null);
  }

  /** An interrupt for this processor, which these might take as well. */
  void interrupt(Task isr, Processor processor, List<Processor> alternatives) {
    everScarce = true;
    isr.queuedTo = processor;
    isr.alternatives = alternatives;
  }

  /** Queues a DPC; where there are several processors to choose from, one for any of them does not wait its turn. */
  void queueDpc(Task dpc, @Nullable Processor processor, boolean head, boolean drain) {
    Processor target = all.length == 1 ? all[0] : processor;
    dpc.drain = drain;
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

  /** The DPCs that wait for this task's processor to be lowered. */
  Collection<Task> queuedDpcs(Task task) {
    Processor processor = task.activity.processor();
    return processor == null ? List.of() : queue(processor);
  }

  /** A DPC has run, or was taken out of its queue. */
  void dequeueDpc(Task task) {
    if (task.queuedTo != null && task.activity.kind() == ActivityKind.DPC) {
      queue(task.queuedTo).remove(task);
    }
  }

  private Deque<Task> queue(Processor processor) {
    return dpcs.get(processor.number());
  }

  /** Whether there are several processors and it does not matter which is which. */
  boolean areAlike() {
    return alike && all.length > 1;
  }

  /** From now on it does. */
  void differ() {
    alike = false;
  }

  /** Whether it ever made a difference how many processors there are. */
  boolean wereScarce() {
    return everScarce;
  }
}
