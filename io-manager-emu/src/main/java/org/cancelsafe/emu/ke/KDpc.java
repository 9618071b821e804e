package org.cancelsafe.emu.ke;

import static java.util.Objects.requireNonNull;

import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.ActivityKind;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Processor;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * {@code KDPC}: a routine that is queued at any IRQL and runs at DISPATCH_LEVEL, on the processor whose queue it is in.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/introduction-to-dpc-objects">
 *     Introduction to DPC objects</a>
 */
public final class KDpc extends Gate {
  private static final int ANY = -1;

  private final KDeferredRoutine routine;
  private final @Nullable Object context;
  private final boolean threaded;
  private Importance importance = Importance.MEDIUM_IMPORTANCE;
  private int targetProcessor = ANY;
  private @Nullable Activity queued;

  /** {@code KDEFERRED_ROUTINE}. */
  @FunctionalInterface
  public interface KDeferredRoutine {
    /** Runs at DISPATCH_LEVEL in an arbitrary context. */
    void run(KDpc dpc, @Nullable Object context, @Nullable Object argument1, @Nullable Object argument2);
  }

  /** {@code KDPC_IMPORTANCE}: where in the queue a DPC goes, and whether the queue is drained at once. */
  public enum Importance {
    /** To the tail, to be run some time. */
    LOW_IMPORTANCE,
    /** To the tail; run at once on the caller's processor, some time on another one. */
    MEDIUM_IMPORTANCE,
    /** To the head, to be run at once. */
    HIGH_IMPORTANCE,
    /** To the tail, to be run at once. */
    MEDIUM_HIGH_IMPORTANCE;

    boolean drainsAtOnce(boolean own) {
      return this == HIGH_IMPORTANCE || this == MEDIUM_HIGH_IMPORTANCE || this == MEDIUM_IMPORTANCE && own;
    }
  }

  /** {@code KeInitializeDpc}. */
  public KDpc(@Nullable String name, KDeferredRoutine routine, @Nullable Object context) {
    this(name, routine, context, false);
  }

  private KDpc(@Nullable String name, KDeferredRoutine routine, @Nullable Object context, boolean threaded) {
    super(name);
    this.routine = requireNonNull(routine, "routine");
    this.context = context;
    this.threaded = threaded;
  }

  /**
   * {@code KeInitializeThreadedDpc}: a DPC that runs at PASSIVE_LEVEL, in a thread that only ordinary DPCs and
   * interrupts preempt. It may do no more than a DPC at DISPATCH_LEVEL may.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/introduction-to-threaded-dpcs">
   *     Introduction to threaded DPCs</a>
   */
  public static KDpc threaded(@Nullable String name, KDeferredRoutine routine, @Nullable Object context) {
    return new KDpc(name, routine, context, true);
  }

  /**
   * {@code KeSetImportanceDpc}, for the next insertion; a new DPC is of medium importance.
   *
   * <p>IRQL: any.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kesetimportancedpc">
   *     KeSetImportanceDpc</a>
   */
  public synchronized void setImportance(Importance importance) {
    this.importance = requireNonNull(importance, "importance");
  }

  /**
   * {@code KeSetTargetProcessorDpc}, for the next insertion; a processor that the machine does not have changes
   * nothing. A new DPC is for whatever processor queues it.
   *
   * <p>IRQL: any.
   *
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kesettargetprocessordpc">
   *     KeSetTargetProcessorDpc</a>
   */
  public void setTargetProcessor(int number) {
    target(number);
  }

  /**
   * {@code KeSetTargetProcessorDpcEx}: as {@link #setTargetProcessor}, but says so.
   *
   * @return STATUS_SUCCESS, or STATUS_INVALID_PARAMETER for a processor that the machine does not have
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-kesettargetprocessordpcex">
   *     KeSetTargetProcessorDpcEx</a>
   */
  public KStatus setTargetProcessorEx(int number) {
    return target(number) ? KStatus.STATUS_SUCCESS : KStatus.STATUS_INVALID_PARAMETER;
  }

  private boolean target(int number) {
    Machine machine = Activity.current().machine();
    if (number < 0 || number >= machine.processors().size()) {
      return false;
    }
    machine.processorsDiffer();
    synchronized (this) {
      targetProcessor = number;
    }
    return true;
  }

  /**
   * {@code KeInsertQueueDpc}: queues the DPC on its target processor, or the caller's.
   *
   * <p>IRQL: any.
   *
   * @return whether it was queued; false, and nothing done, when it already is
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keinsertqueuedpc">
   *     KeInsertQueueDpc</a>
   */
  public boolean insertQueue(@Nullable Object argument1, @Nullable Object argument2) {
    Activity self = Activity.current();
    Machine machine = self.machine();
    machine.step(StepKind.QUEUE_DPC, this);
    boolean inserted = enqueue(machine, self.processor(), false, argument1, argument2);
    machine.outcome(inserted);
    return inserted;
  }

  /** A timer's expiry queues its DPC, and has the queue drained. */
  void enqueueAtExpiry(Machine machine) {
    enqueue(machine, null, true, null, null);
  }

  private boolean enqueue(
      Machine machine,
      @Nullable Processor own,
      boolean atExpiry,
      @Nullable Object argument1,
      @Nullable Object argument2) {
    Activity run;
    Processor processor;
    boolean head;
    boolean drain;
    synchronized (this) {
      if (queued != null) {
        return false;
      }
      ActivityKind kind = threaded ? ActivityKind.THREADED_DPC : ActivityKind.DPC;
      run = machine.newActivity(kind, String.valueOf(this), () -> run(machine, argument1, argument2));
      queued = run;
      processor = targetProcessor == ANY ? own : machine.processors().get(targetProcessor);
      head = importance == Importance.HIGH_IMPORTANCE;
      drain = atExpiry || importance.drainsAtOnce(processor == own);
    }
    DpcsInProgress.of(machine).began(run);
    if (threaded) {
      machine.start(run);
    } else {
      run.raise(Irql.DISPATCH_LEVEL);
      machine.queueDpc(run, this, processor, head, drain);
    }
    return true;
  }

  private void run(Machine machine, @Nullable Object argument1, @Nullable Object argument2) {
    Activity self = Activity.current();
    try {
      if (threaded) {
        machine.step(StepKind.START_DPC, this);
        if (!tryPass(self)) {
          return;
        }
      }
      routine.run(this, context, argument1, argument2);
    } finally {
      DpcsInProgress.of(machine).ended(self);
    }
  }

  /**
   * {@code KeRemoveQueueDpc}: takes the DPC out of its queue.
   *
   * <p>IRQL: any.
   *
   * @return true when it was queued: that run will not happen; false when it was not, though it may be running
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/wdm/nf-wdm-keremovequeuedpc">
   *     KeRemoveQueueDpc</a>
   */
  public boolean removeQueue() {
    Machine machine = Activity.current().machine();
    machine.step(StepKind.REMOVE_DPC, this);
    Activity removed = dequeue();
    if (removed != null) {
      DpcsInProgress.of(machine).ended(removed);
    }
    machine.outcome(removed != null);
    return removed != null;
  }

  private synchronized @Nullable Activity dequeue() {
    Activity was = queued;
    queued = null;
    return was;
  }

  /**
   * The memory that this DPC is in is freed.
   *
   * <p>Bug check: {@code 0xC7} with parameter 1 while it is queued.
   */
  public void free() {
    Machine machine = Activity.current().machine();
    machine.step(StepKind.WRITE, this, "freed memory");
    if (isQueued()) {
      throw Rule.DPC_FREED_WHILE_QUEUED.violated(
          machine, "the memory of " + this + " is freed while it is queued", this);
    }
  }

  private synchronized boolean isQueued() {
    return queued != null;
  }

  @Override
  public synchronized boolean passable(Activity activity) {
    return queued == activity;
  }

  @Override
  public synchronized boolean tryPass(Activity activity) {
    if (queued != activity) {
      return false;
    }
    queued = null;
    return true;
  }

  @Override
  public String kindName() {
    return "KDPC";
  }

  @Override
  public synchronized String snapshot() {
    return queued == null ? "-" : "queued";
  }
}
