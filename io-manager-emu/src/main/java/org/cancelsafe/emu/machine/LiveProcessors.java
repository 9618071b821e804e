package org.cancelsafe.emu.machine;

import com.google.common.collect.ImmutableList;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * Who has which processor of a live machine, who wants one, and which DPCs and interrupts wait for which. Everything
 * but the questions is asked under the scheduler's lock. While a processor has no occupant nothing waits for it, and
 * nobody wants one.
 */
final class LiveProcessors {
  private static final long QUANTUM_NANOS = 200_000;
  private static final int MAXIMUM_DPC_QUEUE_DEPTH = 4;

  private final ImmutableList<Processor> processors;
  private final ImmutableList<Deque<QueuedDpc>> dpcs;
  private final ImmutableList<Queue<QueuedInterrupt>> interrupts;
  private final AtomicIntegerArray draining;
  private final Deque<Activity> ready = new ArrayDeque<>();
  private volatile int wanting;

  /** A DPC in a processor's queue. It runs if it still passes its gate then. */
  record QueuedDpc(Activity activity, Gate gate) {}

  /** An interrupt that waits until its processor's IRQL lets it in; the higher one, then the older one, goes first. */
  record QueuedInterrupt(Activity isr, Gate gate) implements Comparable<QueuedInterrupt> {
    private static final Comparator<QueuedInterrupt> ORDER =
        Comparator.comparing((QueuedInterrupt interrupt) -> interrupt.isr.irql())
            .reversed()
            .thenComparing(interrupt -> interrupt.isr.id());

    @Override
    public int compareTo(QueuedInterrupt other) {
      return ORDER.compare(this, other);
    }
  }

  LiveProcessors(ImmutableList<Processor> processors) {
    this.processors = processors;
    this.dpcs =
        processors.stream()
            .<Deque<QueuedDpc>>map(processor -> new ConcurrentLinkedDeque<>())
            .collect(ImmutableList.toImmutableList());
    this.draining = new AtomicIntegerArray(processors.size());
    this.interrupts =
        processors.stream()
            .<Queue<QueuedInterrupt>>map(processor -> new PriorityBlockingQueue<>())
            .collect(ImmutableList.toImmutableList());
  }

  /** Gives the activity a processor that nobody has, or else queues it for the first one to become free. */
  void request(Activity activity) {
    for (Processor processor : processors) {
      if (processor.occupant() == null && activity.mayRunOn(processor)) {
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

  /** How many want a processor and have none. */
  int wanting() {
    return wanting;
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
    for (Activity next : ready) {
      if (next.mayRunOn(processor)) {
        ready.remove(next);
        assign(processor, next);
        readyChanged();
        return true;
      }
    }
    return false;
  }

  void assign(Processor processor, Activity activity) {
    processor.setOccupant(activity);
    processor.setQuantumEnd(System.nanoTime() + QUANTUM_NANOS);
    activity.setProcessor(processor);
  }

  private void readyChanged() {
    wanting = ready.size();
    processors.forEach(this::updateAttention);
  }

  private void updateAttention(Processor processor) {
    processor.setAttention(wanting > 0 || isDraining(processor) || hasInterrupts(processor, Irql.PASSIVE_LEVEL));
  }

  /** Whether somebody waits for a processor while this occupant has had its for long enough. */
  boolean shouldYield(Processor processor) {
    return wanting > 0 && System.nanoTime() - processor.quantumEnd() >= 0;
  }

  /** Whether the DPCs that wait for this processor are to be run now. */
  boolean isDraining(Processor processor) {
    return draining.get(processor.number()) != 0;
  }

  /** From now on the DPCs of this processor, if there are any, run as soon as its IRQL lets them. */
  void drain(Processor processor) {
    draining.set(processor.number(), queue(processor).isEmpty() ? 0 : 1);
    updateAttention(processor);
  }

  /** Whether DPCs or interrupts wait for this processor. */
  boolean isWaitedFor(Processor processor) {
    return !queue(processor).isEmpty() || !interrupts.get(processor.number()).isEmpty();
  }

  /** Whether an interrupt waits for this processor that this IRQL does not mask. */
  boolean hasInterrupts(Processor processor, Irql irql) {
    QueuedInterrupt first = interrupts.get(processor.number()).peek();
    return first != null && first.isr().isAbove(irql);
  }

  void addInterrupt(Processor processor, QueuedInterrupt interrupt) {
    interrupts.get(processor.number()).add(interrupt);
    updateAttention(processor);
  }

  @Nullable QueuedInterrupt pollInterrupt(Processor processor, Irql irql) {
    if (!hasInterrupts(processor, irql)) {
      return null;
    }
    QueuedInterrupt next = interrupts.get(processor.number()).poll();
    updateAttention(processor);
    return next;
  }

  /** Of these processors one that nobody has, or else the one whose occupant is easiest to interrupt. */
  Processor easiestToInterrupt(List<Processor> candidates) {
    Processor easiest = candidates.get(0);
    int lowest = Integer.MAX_VALUE;
    for (Processor candidate : candidates) {
      Activity occupant = candidate.occupant();
      int level = occupant == null ? -1 : occupant.irql().level();
      if (level < lowest) {
        lowest = level;
        easiest = candidate;
      }
    }
    return easiest;
  }

  /** Queues a DPC; whether its processor's queue is drained now, which it also is when it has grown too long. */
  boolean addDpc(Processor processor, QueuedDpc dpc, boolean head, boolean drain) {
    if (head) {
      queue(processor).addFirst(dpc);
    } else {
      queue(processor).addLast(dpc);
    }
    if (drain || queue(processor).size() > MAXIMUM_DPC_QUEUE_DEPTH) {
      drain(processor);
    }
    return isDraining(processor);
  }

  @Nullable QueuedDpc pollDpc(Processor processor) {
    QueuedDpc next = queue(processor).poll();
    if (next == null) {
      drain(processor);
    }
    return next;
  }

  private Deque<QueuedDpc> queue(Processor processor) {
    return dpcs.get(processor.number());
  }
}
