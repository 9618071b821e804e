package org.cancelsafe.hunter.explore;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Carrier;
import org.cancelsafe.emu.machine.Cell;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.MachineStopped;
import org.cancelsafe.emu.machine.Processor;
import org.cancelsafe.emu.machine.Scheduler;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.machine.WaitForGraph;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.hunter.coroutine.Coroutine;
import org.cancelsafe.hunter.coroutine.Switcher;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.strategy.Strategy;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler of an explored machine: what its activities call.
 *
 * <p>An activity that announces a step asks the strategy who is next. If that is itself it just goes on, with no
 * switch; otherwise control goes straight to the other one, which returns from its own announcement. A new thread is
 * run up to its first step at once: what it does before is plain code.
 */
final class ExploredScheduler implements Scheduler {
  private static final int MOST_STEPS_AFTER_END = 10_000;

  private final Switcher switcher;
  private final @Nullable RunObserver observer;
  private final DataRaces dataRaces;
  private final Uses uses;
  private final Tasks tasks = new Tasks();
  private final HappensBefore happensBefore;
  private final Machine machine;
  private final Processors processors;
  private final Footprints footprints;
  private final Turns turns;

  private boolean scheduling;
  private boolean stopping;
  private boolean ended;
  private boolean threadsMatter;
  private int stepsAfterEnd;
  private @Nullable StopCaught stopCaught;

  ExploredScheduler(
      Scenario scenario,
      Strategy strategy,
      Repetition repetition,
      Switcher switcher,
      boolean processorsMatter,
      boolean waitsForSeveralMatter,
      int stepLimit,
      @Nullable RunObserver observer) {
    this.switcher = switcher;
    this.observer = observer;
    this.machine = Machine.controlledBy(this, scenario.processors(), scenario.verifier());
    this.processors = new Processors(machine.processors());
    this.footprints = new Footprints(processorsMatter, waitsForSeveralMatter, processors, tasks);
    this.happensBefore = new HappensBefore(scenario.processors(), tasks);
    this.dataRaces = new DataRaces(tasks, observer);
    this.uses = new Uses(tasks, observer);
    this.turns =
        new Turns(machine, tasks, processors, happensBefore, strategy, repetition, stepLimit, observer);
  }

  Machine machine() {
    return machine;
  }

  Turns turns() {
    return turns;
  }

  /** Lets the activities run until nobody can go on. */
  void run() {
    scheduling = true;
    Task first = turns.next();
    if (first != null) {
      switcher.run(first.coroutine);
    }
    scheduling = false;
  }

  /** The run is over: whoever is unwound takes no steps any more. */
  void end() {
    stopping = true;
  }

  /** Whether model code asks which thread it runs on; known of a run that is watched. */
  boolean sawThreadsMatter() {
    return threadsMatter;
  }

  /** Who could not be unwound, or null. */
  @Nullable StopCaught stopCaught() {
    return stopCaught;
  }

  /** Who waits, and for what. */
  Map<Activity, Gate> waiting() {
    return tasks.waiting();
  }

  /** Whether nobody was started yet. */
  boolean hasNobody() {
    return tasks.all().isEmpty();
  }

  /** The first use of something that nothing orders with its end, or null. */
  @Nullable UnorderedUse unorderedUse() {
    return uses.unordered();
  }

  /** Whether it ever made a difference how many processors there are. */
  boolean processorsWereScarce() {
    return processors.wereScarce();
  }

  /** Whether anybody has waited for several objects. */
  boolean sawWaitsForSeveral() {
    return footprints.seesWaitsForSeveral();
  }

  private void tellWaiter(Activity waiter) {
    Task task = tasks.of(waiter);
    if (observer != null) {
      observer.waits(task.index, requireNonNull(task.gate), task.site);
    }
  }

  @Override
  public void start(Activity thread) {
    addTask(thread, null);
  }

  /** A new activity; what is started by something else begins with passing a gate. */
  private Task addTask(Activity activity, @Nullable Gate gate) {
    Task task = tasks.add(activity);
    task.clock.tick(task.index);
    task.coroutine = switcher.create(String.valueOf(activity.name()), () -> live(task, gate));
    Task maker = scheduling ? tasks.find(Activity.current()) : null;
    if (maker != null) {
      happensBefore.made(task, maker);
    }
    if (observer != null) {
      observer.activity(task.index, activity);
    }
    return task;
  }

  private @Nullable Coroutine live(Task task, @Nullable Gate gate) {
    carry(task);
    OwnThreads.watch();
    try {
      passOwnGate(task.activity, gate);
      task.activity.runBody();
    } catch (MachineStopped e) {
      // the reason is the machine's failure
    } catch (Switcher.Abandoned e) {
      throw e;
    } catch (Throwable e) {
      machine.threw(task.activity, e);
    }
    task.finished = true;
    happensBefore.ended(task);
    processors.dequeueDpc(task);
    lowered(task, task.below);
    machine.ended(task.activity);
    Task next = turns.afterArrivalOf(task);
    return next == null ? null : next.coroutine;
  }

  private static void carry(Task task) {
    ((Carrier) Thread.currentThread()).carry(task.activity);
  }

  /** Returns when the step that the task has announced is to take effect. */
  private void awaitTurn(Task task) {
    if (observer != null) {
      JvmLocks.checkNoneHeld(task.activity);
      threadsMatter = threadsMatter || Mentions.OF_THREADS.areOnStack();
      task.site = observer.site();
      observer.announces(task.index, requireNonNull(task.kind), requireNonNull(task.target));
    }
    task.footprint = footprints.of(task);
    Task next = turns.afterArrivalOf(task);
    if (next == task) {
      return;
    }
    switcher.transfer(task.coroutine, next == null ? null : next.coroutine);
    carry(task);
  }

  /** It is being unwound; where it never is, it is left where it is. */
  private void goesOnAfterEnd(Activity self) {
    Task task = tasks.find(self);
    if (++stepsAfterEnd > MOST_STEPS_AFTER_END && task != null) {
      stepsAfterEnd = 0;
      stopCaught = new StopCaught(self);
      switcher.leave(task.coroutine);
    }
  }

  @Override
  public void step(Activity self, StepKind kind, MachineObject target, @Nullable Object operand) {
    if (stopping) {
      goesOnAfterEnd(self);
      return;
    }
    if (!scheduling) {
      return;
    }
    if (machine.isStopped()) {
      goesOnAfterEnd(self);
      if (self.spinLocksHeld() == 0) {
        throw new MachineStopped();
      }
      return;
    }
    Task task = tasks.of(self);
    task.announce(kind, target, null, operand);
    awaitTurn(task);
  }

  @Override
  public void spin(Activity self, StepKind kind, Gate gate) {
    pass(self, kind, gate, false);
  }

  @Override
  public boolean block(Activity self, StepKind kind, Gate gate, long timeoutNanos) {
    return pass(self, kind, gate, timeoutNanos >= 0);
  }

  private boolean pass(Activity self, StepKind kind, Gate gate, boolean mayTimeOut) {
    if (scheduling && !stopping && !machine.isStopped()) {
      Task task = tasks.of(self);
      task.announce(kind, gate.subject(), gate, null);
      task.mayTimeOut = mayTimeOut;
      if (!mayTimeOut && self.irql().ownsProcessor() && !gate.passable(self)) {
        checkInversion(task);
      }
      awaitTurn(task);
    }
    boolean passed = gate.tryPass(self);
    boolean over = machine.isStopped() || stopping;
    if (over) {
      goesOnAfterEnd(self);
    }
    if (!passed && !mayTimeOut) {
      if (over) {
        throw new MachineStopped();
      }
      throw new IllegalStateException(self + " would wait for " + gate + " during the setup, where nobody else runs");
    }
    return passed;
  }

  private void checkInversion(Task task) {
    task.site = observer == null ? null : observer.site();
    WaitForGraph.checkInversion(task.activity, tasks.waiting()::get);
  }

  @Override
  public void delay(Activity self, long nanos) {
    step(self, StepKind.DELAY, self, null);
  }

  @Override
  public void opened(Gate gate) {}

  @Override
  public void stop() {
    if (observer == null || ended) {
      return;
    }
    ended = true;
    Activity current = scheduling ? Activity.currentOrNull() : null; // who ran last did not stop what is judged later
    Task stopper = current == null ? null : tasks.find(current);
    observer.ended(stopper == null ? -1 : stopper.index);
    if (machine.failure() instanceof BugCheck bugCheck && bugCheck.rule().isDeadlock()) {
      tasks.waiting().keySet().stream().filter(waiter -> !waiter.isBackground()).forEach(this::tellWaiter);
    }
  }

  @Override
  public void lowered(Activity self) {
    Task task = tasks.find(self);
    if (task != null) {
      lowered(task, Math.max(task.below, self.irql().level()));
    }
  }

  private void lowered(Task task, int level) {
    if (level < task.level) {
      if (level < Irql.DISPATCH_LEVEL.level() || level == task.below) {
        StepsAtDispatch.check(task, machine);
      }
      happensBefore.lowered(task, level, processors.queuedDpcs(task));
      Collection<Task> dpcs = processors.queuedDpcs(task);
      processors.lower(task, level);
      if (task.isThreadBelowDispatch() && isAnyRunFirst(dpcs)) {
        task.standsStillFor.addAll(dpcs);
      }
    }
  }

  private static boolean isAnyRunFirst(Collection<Task> dpcs) {
    for (Task dpc : dpcs) {
      if (dpc.drain && dpc.passesGate()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void interrupt(Supplier<Activity> isr, Gate gate, List<Processor> candidates) {
    for (Processor processor : candidates) {
      Activity activity = isr.get();
      Task task = addTask(activity, gate);
      task.announce(StepKind.START_ISR, gate.subject(), gate, null);
      task.footprint = footprints.of(task);
      processors.interrupt(task, processor, candidates);
    }
  }

  @Override
  public void queueDpc(Activity dpc, Gate gate, @Nullable Processor processor, boolean head, boolean drain) {
    Task task = addTask(dpc, gate);
    task.announce(StepKind.START_DPC, gate.subject(), gate, null);
    task.footprint = footprints.of(task);
    processors.queueDpc(task, processor, head, drain);
    Task queuer = scheduling ? tasks.find(Activity.current()) : null;
    if (drain && processor == null && queuer != null && queuer.isThreadBelowDispatch()) {
      queuer.standsStillFor.add(task);
    }
  }

  @Override
  public void leavesOut(String whatIsSeen) {
    turns.leavesOut(whatIsSeen);
  }

  @Override
  public void lookedAtProcessor(Activity self) {
    Task task = tasks.find(self);
    if (scheduling && task != null && !processors.isBound(task)) {
      turns.leavesOut("a thread that may have any processor has the first free one");
      if (self.processor() != null) {
        happensBefore.knowsProcessor(task);
      }
    }
  }

  @Override
  public void affinityChanged(Activity self) {
    processorsDiffer();
  }

  @Override
  public void processorsDiffer() {
    processors.differ();
  }

  @Override
  public void startAfter(Activity hardware, StepKind kind, Gate gate, long nanos) {
    Task task = addTask(hardware, gate);
    task.announce(kind, gate.subject(), gate, null);
    task.footprint = footprints.of(task);
  }

  private static void passOwnGate(Activity self, @Nullable Gate gate) {
    if (gate != null && !gate.tryPass(self)) {
      throw new IllegalStateException(self + " was started, though " + gate + " is closed");
    }
  }

  @Override
  public @Nullable String site() {
    return observer == null ? null : observer.site();
  }

  @Override
  public void access(Activity self, Cell cell, boolean write) {
    if (!scheduling || stopping || machine.isStopped()) {
      return;
    }
    Task task = tasks.of(self);
    if (observer != null) {
      observer.access(task.index, cell, write);
    }
    if (write) {
      dataRaces.write(cell, task.index, task.clock);
    } else {
      dataRaces.read(cell, task.index, task.clock);
    }
  }

  @Override
  public void used(Activity self, MachineObject object) {
    if (scheduling && !stopping && !machine.isStopped()) {
      uses.used(object, tasks.of(self));
    }
  }

  @Override
  public void givenUp(Activity self, MachineObject object) {
    if (scheduling && !stopping && !machine.isStopped()) {
      uses.givenUp(object, tasks.of(self));
    }
  }

  @Override
  public void note(Activity self, StepKind kind, MachineObject target, @Nullable Object operand) {
    if (observer != null && scheduling && !stopping && !machine.isStopped()) {
      observer.note(tasks.of(self).index, kind, target, operand);
    }
  }

  @Override
  public void outcome(Activity self, @Nullable Object value) {
    if (observer != null && scheduling && !stopping && !machine.isStopped()) {
      observer.outcome(value);
    }
  }
}
