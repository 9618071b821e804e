package org.cancelsafe.emu.machine;

import java.util.List;
import org.cancelsafe.emu.verifier.ModelSite;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The seam between model code and the two kinds of machine.
 *
 * <p>Every primitive that synchronises announces a <em>step</em>, the kind and the object, before it takes effect, and
 * waits through this interface; nothing else in the emulator knows which machine it is on. On a live machine the
 * activities are JVM threads, a step and an access are at most places for noise, and waiting spins or parks. On an
 * explored machine one activity runs at a time, and the call returns when the scheduler has decided that this step is
 * the next one: from that moment until the activity's next step it runs alone.
 *
 * <p>Plain memory is no step. It is told to {@link #access}, so that an explored run can be checked for data races;
 * without one, the steps of the synchronising primitives are all the scheduling points there need to be.
 */
public interface Scheduler {
  /** A new thread exists and may run from now on. */
  void start(Activity thread);

  /** These threads, and pieces of hardware, exist and may run from now on: those that a scenario's setup has made. */
  default void startAll(List<Activity> threads) {
    for (Activity thread : threads) {
      start(thread);
    }
  }

  /** The machine has stopped: whoever waits is to be unwound with {@link MachineStopped}. */
  void stop();

  /** Announces a step; returns when it is to take effect. */
  void step(Activity self, StepKind kind, MachineObject target, @Nullable Object operand);

  /** Announces a step that waits for a gate without giving up the processor; returns having passed. */
  void spin(Activity self, StepKind kind, Gate gate);

  /**
   * Announces a step that waits for a gate and gives up the processor meanwhile; returns having passed, or, where a
   * timeout is given, false when that expired first.
   *
   * @param timeoutNanos how long to wait; negative for ever
   */
  boolean block(Activity self, StepKind kind, Gate gate, long timeoutNanos);

  /** Gives up the processor for a while. */
  void delay(Activity self, long nanos);

  /** A gate may have become passable. */
  void opened(Gate gate);

  /** The activity's IRQL, {@link Irql#DISPATCH_LEVEL} or more until now, has just dropped: others may be let in. */
  void lowered(Activity self);

  /**
   * Queues a DPC on a processor. It runs there, if it still passes the gate, as soon as the IRQL lets it.
   *
   * @param gate closed when the DPC was taken out of the queue again
   * @param processor null for any: the timer expired, or its inserter ran, on a processor that nobody knows
   * @param head whether it goes to the head of the queue, not to its tail
   * @param drain whether the queue is to be drained at once, not some time later
   */
  void queueDpc(Activity dpc, Gate gate, @Nullable Processor processor, boolean head, boolean drain);

  /** From now on it matters which processor is which: something is bound to one of them. */
  default void processorsDiffer() {}

  /**
   * Interrupts one of these processors. The ISR runs there, if it still passes the gate, as soon as the IRQL is below
   * its own; what it interrupts stands still meanwhile.
   *
   * @param isr makes the ISR, at its IRQL: once for each processor that might take the interrupt
   * @param gate lets one of them pass
   */
  void interrupt(Supplier<Activity> isr, Gate gate, List<Processor> processors);

  /**
   * Lets a piece of hardware act after some time, if it then passes the gate. On an explored machine time is virtual:
   * it may act at any later step.
   *
   * @param gate closed when this was called off
   */
  void startAfter(Activity hardware, StepKind kind, Gate gate, long nanos);

  /** The gate of something that was to act later was closed: it need not be waited for. */
  default void calledOff(Gate gate) {}

  /** The activity has asked which processor it runs on. */
  default void lookedAtProcessor(Activity self) {}

  /** The activity may run on other processors than before. */
  void affinityChanged(Activity self);

  /** Not everything can happen that could on a real machine; what can is described by the words after "in which". */
  default void leavesOut(String whatIsSeen) {}

  /** Where in the driver's source the running activity is; null when nobody will read it. */
  default @Nullable String site() {
    return ModelSite.current();
  }

  /** Plain memory is read or written. */
  void access(Activity self, Cell cell, boolean write);

  /** An object is used, without a step, that may be used only until somebody gives it up. */
  default void used(Activity self, MachineObject object) {}

  /** An object is given up: whoever uses it from now on is too late. */
  default void givenUp(Activity self, MachineObject object) {}

  /** Something worth a line in a trace happened that is no step. */
  void note(Activity self, StepKind kind, MachineObject target, @Nullable Object operand);

  /** What the activity's last step returned. */
  void outcome(Activity self, @Nullable Object value);
}
