package org.cancelsafe.emu.machine;

import com.google.common.collect.ImmutableList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A machine as its primitives see it: what they tell the scheduler, and what they wait for through it. It is the lower
 * layer of {@link Machine}, which is one object.
 */
abstract class SteppedMachine {
  private static final int MAXIMUM_PROCESSORS = 64;

  private final ImmutableList<Processor> processors;
  private final Scheduler scheduler;
  private final boolean watchesMemory;
  private final boolean virtualTime;
  private boolean controlled;

  SteppedMachine(
      Function<Machine, Scheduler> scheduler, boolean controlled, boolean virtualTime, int processors) {
    this.processors = processors(processors);
    this.watchesMemory = controlled;
    this.virtualTime = virtualTime;
    if (controlled) {
      becomeControlled();
    }
    this.scheduler = scheduler.apply((Machine) this);
  }

  private static ImmutableList<Processor> processors(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("a machine needs at least one processor, not " + count);
    }
    if (count > MAXIMUM_PROCESSORS) {
      throw new IllegalArgumentException(
          "a machine has at most " + MAXIMUM_PROCESSORS + " processors, a bit of an affinity mask for each, not "
              + count);
    }
    ImmutableList.Builder<Processor> all = ImmutableList.builder();
    for (int number = 0; number < count; number++) {
      all.add(new Processor(number));
    }
    return all.build();
  }

  /** Whether the scheduler decides over every step. */
  public final boolean isControlled() {
    return Seam.isOpen() && controlled;
  }

  /** Its processors, by number. */
  public final ImmutableList<Processor> processors() {
    return processors;
  }

  /** Announces a step. On an uncontrolled machine this is a branch. */
  public final void step(StepKind kind, MachineObject target) {
    if (isControlled()) {
      scheduler.step(Activity.current(), kind, target, null);
    }
  }

  /** Announces a step with an operand, the value to be stored. */
  public final void step(StepKind kind, MachineObject target, @Nullable Object operand) {
    if (isControlled()) {
      scheduler.step(Activity.current(), kind, target, operand);
    }
  }

  /** Announces a step that waits for a gate with the processor held; returns having passed. */
  public final void spin(Activity self, StepKind kind, Gate gate) {
    if (isControlled() || !gate.tryPass(self)) {
      scheduler.spin(self, kind, gate);
    }
  }

  /** Announces a step that waits for a gate; returns whether it was passed before the timeout, which may be -1. */
  public final boolean block(Activity self, StepKind kind, Gate gate, long timeoutNanos) {
    if (!isControlled() && gate.tryPass(self)) {
      return true;
    }
    return scheduler.block(self, kind, gate, timeoutNanos);
  }

  /** Gives up the processor for a while. */
  public final void delay(Activity self, long nanos) {
    scheduler.delay(self, nanos);
  }

  /** Uses an object, without a step, that may be used only until somebody gives it up. */
  public final void used(MachineObject object) {
    if (isControlled()) {
      scheduler.used(Activity.current(), object);
    }
  }

  /** Gives an object up: whoever uses it from now on is too late. */
  public final void givenUp(MachineObject object) {
    if (isControlled()) {
      scheduler.givenUp(Activity.current(), object);
    }
  }

  /** A gate may have become passable. */
  public final void opened(Gate gate) {
    scheduler.opened(gate);
  }

  /** Queues a DPC on a processor, or on any. */
  public final void queueDpc(Activity dpc, Gate gate, @Nullable Processor processor, boolean head, boolean drain) {
    scheduler.queueDpc(dpc, gate, processor, head, drain);
  }

  /** Something is bound to one processor: from now on it matters which is which. */
  public final void processorsDiffer() {
    scheduler.processorsDiffer();
  }

  /** Interrupts one of these processors. */
  public final void interrupt(Supplier<Activity> isr, Gate gate, List<Processor> processors) {
    scheduler.interrupt(isr, gate, processors);
  }

  /** From now on interrupts may come: whoever takes a step looks whether one waits for its processor. */
  public final void expectInterrupts() {
    becomeControlled();
  }

  /** Not everything can happen that could on a real machine; what can is described by the words after "in which". */
  public final void leavesOut(String whatIsSeen) {
    scheduler.leavesOut(whatIsSeen);
  }

  /** The activity has asked which processor it runs on: that it has this one is no chance any more. */
  public final void lookedAtProcessor(Activity self) {
    if (isControlled()) {
      scheduler.lookedAtProcessor(self);
    }
  }

  /** From now on the calling thread runs on these processors only, a bit for each. */
  public final void setAffinity(Activity self, long mask) {
    self.setAffinity(mask);
    scheduler.affinityChanged(self);
  }

  /** Lets a piece of hardware act after some time. */
  public final void startAfter(Activity hardware, StepKind kind, Gate gate, long nanos) {
    scheduler.startAfter(hardware, kind, gate, nanos);
  }

  /** What was to act later, at this gate, was called off. */
  public final void calledOff(Gate gate) {
    scheduler.calledOff(gate);
  }

  /** Tells of something that is no step. */
  public final void note(StepKind kind, MachineObject target, @Nullable Object operand) {
    if (isControlled()) {
      scheduler.note(Activity.current(), kind, target, operand);
    }
  }

  /** Tells what the last step returned. */
  public final void outcome(@Nullable Object value) {
    if (isControlled()) {
      scheduler.outcome(Activity.current(), value);
    }
  }

  /** Whether this machine is told of every access to plain memory. */
  public final boolean watchesMemory() {
    return watchesMemory;
  }

  /** Whether time stands still unless the scheduler lets it go on: an explored machine's. */
  public final boolean hasVirtualTime() {
    return virtualTime;
  }

  final void access(Activity self, Cell cell, boolean write) {
    if (watchesMemory) {
      scheduler.access(self, cell, write);
    }
  }

  /** A thread below DISPATCH_LEVEL may lose its processor here, for who reads a variable until it has changed. */
  public final void preemptionPoint(Activity self) {
    if (!isControlled() && !self.irql().ownsProcessor()) {
      lowered(self);
    }
  }

  final void lowered(Activity activity) {
    Processor processor = activity.processor();
    if (isControlled() || processor != null && processor.attention()) {
      scheduler.lowered(activity);
    }
  }

  /** Where the driver is that runs now; null when nobody will read it. */
  final @Nullable String site() {
    return scheduler.site();
  }

  final Scheduler scheduler() {
    return scheduler;
  }

  final void becomeControlled() {
    Seam.open();
    controlled = true;
  }
}
