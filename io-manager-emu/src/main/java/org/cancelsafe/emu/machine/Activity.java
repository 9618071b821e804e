package org.cancelsafe.emu.machine;

import static java.util.stream.Collectors.joining;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.cancelsafe.emu.verifier.Circumstances;
import org.cancelsafe.emu.verifier.Rule;
import org.jspecify.annotations.Nullable;

/**
 * Something that runs on a machine: a thread, a DPC, an ISR, a timer. It carries its IRQL, and through it its
 * processor's.
 */
public final class Activity extends MachineObject {
  private static final int MOST_MICROSECONDS_HOLDING = 25;
  private static final ThreadLocal<@Nullable Activity> ATTACHED = new ThreadLocal<>();

  private final Machine machine;
  private final int id;
  private final ActivityKind kind;
  private final Runnable body;
  private boolean background;
  private @Nullable Processor processor;
  private final boolean locksCounted;
  private int irql = Irql.PASSIVE_LEVEL.level();
  private final List<MachineObject> spinLocks = new ArrayList<>(0);
  private volatile @Nullable Gate spinningOn;
  private volatile @Nullable Activity interruptedBy;
  private @Nullable MachineObject workItem;
  private volatile @Nullable MachineObject threadObject;
  private List<Runnable> endActions = List.of();
  private int kernelApcsDisabled;
  private int allApcsDisabled;
  private volatile long affinity = -1;
  private long dispatchSince;
  private long holdsSince;
  private int stalledHolding;
  private final Deque<Irql> raises = new ArrayDeque<>(0);
  private @Nullable Irql irqlToRestoreByWait;

  Activity(Machine machine, int id, ActivityKind kind, String name, Runnable body) {
    super(name);
    this.machine = machine;
    this.id = id;
    this.kind = kind;
    this.locksCounted = machine.verifies() || machine.isControlled();
    this.body = body;
  }

  /**
   * The activity that the calling JVM thread runs.
   *
   * @throws NotOnMachine when it runs none
   */
  public static Activity current() {
    Activity activity = currentOrNull();
    if (activity == null) {
      throw new NotOnMachine();
    }
    return activity;
  }

  /** The activity that the calling JVM thread runs, or null. */
  public static @Nullable Activity currentOrNull() {
    Thread thread = Thread.currentThread();
    return thread instanceof Carrier carrier ? carrier.activity : ATTACHED.get();
  }

  /** From now on the calling JVM thread runs this activity; returns the one it ran before. */
  static @Nullable Activity attach(@Nullable Activity activity) {
    Activity previous = currentOrNull();
    if (Thread.currentThread() instanceof Carrier carrier) {
      carrier.carry(activity);
    } else if (activity == null) {
      ATTACHED.remove();
    } else {
      ATTACHED.set(activity);
    }
    return previous;
  }

  /** The machine this runs on. */
  public Machine machine() {
    return machine;
  }

  /** A number of its own, counted from 1 in the order of creation; 0 is nobody. */
  public int id() {
    return id;
  }

  /** What kind of activity this is. */
  public ActivityKind kind() {
    return kind;
  }

  /** What it runs, for the scheduler to call once. */
  public Runnable body() {
    return body;
  }

  /** Declares that this activity may wait for ever when everything else has ended, as a system thread does. */
  public Activity background() {
    background = true;
    return this;
  }

  /** Whether it may wait for ever when everything else has ended. */
  public boolean isBackground() {
    return background;
  }

  /** The IRQL this activity runs at. */
  public Irql irql() {
    return Irql.known(irql);
  }

  /** Whether it runs at this IRQL. */
  public boolean isAt(Irql level) {
    return irql == level.ordinal();
  }

  /** Whether it runs above this IRQL. */
  public boolean isAbove(Irql level) {
    return irql > level.ordinal();
  }

  /** Sets the IRQL upwards. On an explored machine this takes effect with the step that follows. */
  public void raise(Irql to) {
    irql = to.ordinal();
  }

  /** Sets the IRQL downwards, and lets those in who were masked. */
  public void lower(Irql to) {
    int from = irql;
    irql = to.ordinal();
    if (irql < from && from >= Irql.DISPATCH) {
      Processor mine = processor;
      if (Seam.isOpen() || mine != null && mine.attention()) {
        machine.lowered(this);
      }
    }
  }

  /** The processor it occupies, or null while it has none of its own. */
  public @Nullable Processor processor() {
    return processor;
  }

  /** The scheduler's. */
  public void setProcessor(@Nullable Processor processor) {
    this.processor = processor;
  }

  /** How many spin locks it holds; on a live machine that does not verify nobody counts them. */
  public int spinLocksHeld() {
    return locksCounted() ? spinLocks.size() : 0;
  }

  private boolean locksCounted() {
    return Seam.isOpen() && locksCounted;
  }

  /**
   * A spin lock was taken.
   *
   * @param waited whether it would have been waited for, had it not been free
   * @return whether anybody keeps account of that
   */
  public boolean tookSpinLock(MachineObject lock, boolean waited) {
    if (!locksCounted()) {
      return false;
    }
    if (waited && !spinLocks.isEmpty()) {
      machine.tookSpinLock(this, spinLocks, lock);
    }
    spinLocks.add(lock);
    if (spinLocks.size() == 1) {
      stalledHolding = 0;
      holdsSince = machine.hasVirtualTime() || !machine.verifies() ? 0 : System.nanoTime();
    }
    return true;
  }

  /** A spin lock was given back. */
  public void gaveSpinLock(MachineObject lock) {
    if (locksCounted()) {
      spinLocks.remove(lock);
      if (holdsSince != 0 && spinLocks.isEmpty()) {
        machine.dpcWatchdog().checkHold(this, lock, System.nanoTime() - holdsSince);
      }
    }
  }

  /** KeRaiseIrql has returned this; noted where KeLowerIrql is checked. */
  public void raised(Irql from) {
    raises.push(from);
    if (!from.ownsProcessor() && irql >= Irql.DISPATCH) {
      dispatchSince = System.nanoTime();
    }
  }

  /** What the KeRaiseIrql that was not yet undone returned; null when none was noted. It counts as undone now. */
  public @Nullable Irql precedingRaise() {
    Irql before = raises.poll();
    if (before != null && !before.ownsProcessor() && irql >= Irql.DISPATCH && !machine.hasVirtualTime()) {
      machine.dpcWatchdog().checkCumulative(this, System.nanoTime() - dispatchSince);
    }
    return before;
  }

  /** Whether it may run on this processor. */
  public boolean mayRunOn(Processor on) {
    return (affinity & 1L << on.number()) != 0;
  }

  /** The processors it may run on, a bit for each. */
  public long affinity() {
    return affinity;
  }

  /** Sets the processors it may run on. For who makes it, and for {@link Machine#setAffinity}. */
  public void setAffinity(long mask) {
    affinity = mask;
  }

  /** It keeps its processor busy for so long; stops the machine when that is too long with a spin lock held. */
  public void stalls(int microseconds) {
    if (!spinLocks.isEmpty()) {
      stalledHolding += microseconds;
      if (stalledHolding > MOST_MICROSECONDS_HOLDING && machine.verifies()) {
        throw Rule.SPIN_LOCK_HELD_TOO_LONG.violated(
            machine,
            "KeStallExecutionProcessor for " + stalledHolding + " us in all with " + spinLocksInWords()
                + " held; a spin lock is held for at most " + MOST_MICROSECONDS_HOLDING + " us",
            spinLocks.get(0));
      }
    }
  }

  /** Has this done when the body has returned, before what it leaves behind is checked. */
  public void atEnd(Runnable action) {
    if (endActions.isEmpty()) {
      endActions = new ArrayList<>();
    }
    endActions.add(action);
  }

  /** The work item whose routine it runs; null for what is no system worker thread. */
  public @Nullable MachineObject workItem() {
    return workItem;
  }

  /** It is a system worker thread, and runs this work item's routine. */
  public void setWorkItem(MachineObject workItem) {
    this.workItem = workItem;
  }

  /** Normal kernel APCs are disabled once more: a critical region is entered. */
  public void disableKernelApcs() {
    kernelApcsDisabled++;
  }

  /** Normal kernel APCs are disabled once less. */
  public void enableKernelApcs() {
    kernelApcsDisabled--;
  }

  /** How many critical regions it is in; a mutex that it owns is one. */
  public int kernelApcsDisabled() {
    return kernelApcsDisabled;
  }

  /** All APCs are disabled so many times more: a guarded region is entered, or left. */
  public void disableAllApcs(int times) {
    allApcsDisabled += times;
  }

  /** How many guarded regions it is in. */
  public int allApcsDisabled() {
    return allApcsDisabled;
  }

  /** After KeSetEvent with Wait: the IRQL that the wait that must follow restores. */
  public @Nullable Irql irqlToRestoreByWait() {
    return irqlToRestoreByWait;
  }

  /** The dispatcher's. */
  public void setIrqlToRestoreByWait(@Nullable Irql level) {
    this.irqlToRestoreByWait = level;
  }

  /** What the kernel keeps of this thread, if it was asked to. */
  public @Nullable MachineObject threadObject() {
    return threadObject;
  }

  /** The kernel's. */
  public void setThreadObject(MachineObject thread) {
    this.threadObject = thread;
  }

  /** What interrupted this on its processor: until that has returned, this stands still. */
  public @Nullable Activity interruptedBy() {
    return interruptedBy;
  }

  /** The scheduler's. */
  public void setInterruptedBy(@Nullable Activity activity) {
    this.interruptedBy = activity;
  }

  @Nullable Gate spinningOn() {
    return spinningOn;
  }

  void setSpinningOn(@Nullable Gate gate) {
    spinningOn = gate;
  }

  /**
   * Runs the body and checks what it leaves behind: {@code 0xC4/0x100A} when a spin lock is still held, {@code 0x4A}
   * when a thread's IRQL is still raised, {@code 0xC8} when something else changed its own. For the scheduler.
   */
  public void runBody() {
    Irql before = irql();
    body.run();
    if (kind == ActivityKind.THREAD) {
      machine.exiting(this);
    }
    runEndActions();
    checkEnd(before);
  }

  /** Stops the machine by this rule when it calls, above this IRQL, a routine that may be called up to it. */
  public void checkAtMost(Irql highest, Rule rule, String call, Object subject) {
    if (isAbove(highest)) {
      throw rule.violated(machine, call + " at " + irql(), irql().level(), subject);
    }
  }

  /** Does what is to be done when it ends, such as to give up its mutexes; done again, nothing is left to do. */
  public void runEndActions() {
    while (!endActions.isEmpty()) {
      endActions.remove(0).run();
    }
  }

  /** Checks what the activity leaves behind, which began at this IRQL. */
  void checkEnd(Irql before) {
    if (spinLocksHeld() > 0) {
      throw Rule.THREAD_ENDED_HOLDING_LOCK.violated(
          machine, this + " ended holding " + spinLocksHeld() + " spin lock(s): " + spinLocksInWords(), this);
    }
    int apcsDisabled = kernelApcsDisabled + allApcsDisabled;
    if (apcsDisabled != 0) {
      Rule rule = kind == ActivityKind.DPC ? Rule.DPC_CHANGED_APC_COUNT : Rule.APC_INDEX_MISMATCH;
      throw rule.violated(
          machine, this + " left the count of disabled APCs at " + apcsDisabled, this, apcsDisabled);
    }
    if (kind == ActivityKind.THREAD && !isAt(Irql.PASSIVE_LEVEL)) {
      throw Rule.IRQL_GT_ZERO_AT_SYSTEM_SERVICE.violated(machine, this + " ended at " + irql(), this, irql);
    }
    if (irql() != before) {
      throw Rule.IRQL_UNEXPECTED_VALUE.violated(
          machine, this + " began at " + before + " and ended at " + irql(), irql << 16 | before.level() << 8);
    }
  }

  /** The names of the spin locks it holds. */
  public String spinLocksInWords() {
    return spinLocks.stream().map(MachineObject::toString).collect(joining(", "));
  }

  /** What this ended with, or, when it held spin locks, the bug check that says so. Errors stay what they are. */
  Throwable diagnosed(Throwable thrown) {
    if (spinLocks.isEmpty() || !(thrown instanceof Exception)) {
      return thrown;
    }
    return Rule.UNHANDLED_EXCEPTION.violatedBy(
        thrown, machine, thrown + " left " + this + ", which holds " + spinLocksInWords(), thrown);
  }

  /** Who this is and where it runs, for a bug check. */
  Circumstances circumstances() {
    Processor mine = processor;
    return new Circumstances(String.valueOf(name()), kind.word(), mine == null ? -1 : mine.number(), irql().name());
  }

  @Override
  public String kindName() {
    return kind.name();
  }
}
