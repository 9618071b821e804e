package org.cancelsafe.emu.machine;

import com.google.common.collect.ImmutableList;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.jspecify.annotations.Nullable;

/**
 * Who has which processor of a live machine, who wants one, and which DPCs wait for which. Everything but the questions
 * is asked under the scheduler's lock. While a processor has no occupant no DPC waits for it, and nobody wants one.
 */
final class LiveProcessors {
  private static final long QUANTUM_NANOS = 200_000;

  private final ImmutableList<Processor> processors;
  private final ImmutableList<Deque<QueuedDpc>> dpcs;
  private final Deque<Activity> ready = new ArrayDeque<>();
  private volatile boolean wanted;

  /** A DPC in a processor's queue. It runs if it still passes its gate then. */
  record QueuedDpc(Activity activity, Gate gate) {}

  LiveProcessors(ImmutableList<Processor> processors) {
    this.processors = processors;
    this.dpcs =
        processors.stream()
            .<Deque<QueuedDpc>>map(processor -> new ConcurrentLinkedDeque<>())
            .collect(ImmutableList.toImmutableList());
  }

  /** Gives the activity a processor that nobody has, or else queues it for the first one to become free. */
  void request(Activity activity) {
    for (Processor processor : processors) {
      if (processor.occupant() == null) {
        assign(processor, activity);
        return;
      }
    }
    ready.add(activity);
    readyChanged();
  }

  /** A processor that nobody has; when there is none, the first. */
  Processor idleOrFirst() {
    for (Processor processor : processors) {
      if (processor.occupant() == null) {
        return processor;
      }
    }
    return processors.get(0);
  }

  /** The activity no longer wants a processor. */
  void withdraw(Activity activity) {
    ready.remove(activity);
    readyChanged();
  }

  /** Takes a processor from its occupant. */
  void vacate(Processor processor, Activity occupant) {
    occupant.setProcessor(null);
    processor.setOccupant(null);
  }

  /** Gives a processor that nobody has to who has wanted one for longest; whether there was anybody. */
  boolean assignNext(Processor processor) {
    Activity next = ready.poll();
    if (next == null) {
      return false;
    }
    assign(processor, next);
    readyChanged();
    return true;
  }

  void assign(Processor processor, Activity activity) {
    processor.setOccupant(activity);
    processor.setQuantumEnd(System.nanoTime() + QUANTUM_NANOS);
    activity.setProcessor(processor);
  }

  private void readyChanged() {
    wanted = !ready.isEmpty();
    processors.forEach(this::updateAttention);
  }

  private void updateAttention(Processor processor) {
    processor.setAttention(wanted || hasDpcs(processor));
  }

  /** Whether somebody waits for a processor while this occupant has had its for long enough. */
  boolean shouldYield(Processor processor) {
    return wanted && System.nanoTime() - processor.quantumEnd() >= 0;
  }

  /** Whether DPCs wait for this processor. */
  boolean hasDpcs(Processor processor) {
    return !queue(processor).isEmpty();
  }

  void addDpc(Processor processor, QueuedDpc dpc, boolean head) {
    if (head) {
      queue(processor).addFirst(dpc);
    } else {
      queue(processor).addLast(dpc);
    }
    updateAttention(processor);
  }

  @Nullable QueuedDpc pollDpc(Processor processor) {
    QueuedDpc next = queue(processor).poll();
    updateAttention(processor);
    return next;
  }

  private Deque<QueuedDpc> queue(Processor processor) {
    return dpcs.get(processor.number());
  }
}
