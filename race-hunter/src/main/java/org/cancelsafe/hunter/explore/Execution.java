package org.cancelsafe.hunter.explore;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.ActivityKind;
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
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.hunter.coroutine.Coroutine;
import org.cancelsafe.hunter.coroutine.Switcher;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.strategy.Choice;
import org.cancelsafe.hunter.strategy.Strategy;
import org.jspecify.annotations.Nullable;

/**
 * One run of a scenario under a strategy.
 *
 * <p>An activity that announces a step asks the strategy who is next. If that is itself it just goes on, with no
 * switch; otherwise control goes straight to the other one, which returns from its own announcement. A new thread is
 * run up to its first step at once: what it does before is plain code.
 *
 * <p>When nobody can go on the machine is at rest. It is judged, what is still pending is run down as when threads
 * exit, and it is judged again.
 */
final class Execution implements Scheduler, Choice {
  private static final int MOST_ACTIVITIES = 52;
  private static final int MOST_STEPS_IN_A_ROW = 300;
  private static final int MOST_STEPS_AT_DISPATCH = 1_000;

  private final Strategy strategy;
  private final Repetition repetition;
  private final Switcher switcher;
  private final int stepLimit;
  private final @Nullable RunObserver observer;
  private final DataRaces dataRaces;
  private final List<Task> tasks = new ArrayList<>();
  private final Map<Activity, Task> taskOf = new LinkedHashMap<>();
  private final Schedule schedule = new Schedule();
  private final HappensBefore happensBefore;
  private final Machine machine;
  private final Processors processors;
  private final Footprints footprints;

  /** Somebody who has no part in anything, to ask gates whether they are open. */
  private @Nullable Activity stranger;

  private long enabled;
  private boolean scheduling;
  private boolean stopping;
  private boolean pruned;
  private @Nullable String leftOut;
  private boolean ended;

  Execution(
      Scenario scenario,
      Strategy strategy,
      Repetition repetition,
      Switcher switcher,
      boolean processorsMatter,
      boolean waitsForSeveralMatter,
      int stepLimit,
      @Nullable RunObserver observer) {
    this.strategy = strategy;
    this.repetition = repetition;
    this.switcher = switcher;
    this.stepLimit = stepLimit;
    this.observer = observer;
    this.machine = Machine.controlledBy(this, scenario.processors(), scenario.verifier());
    this.processors = new Processors(machine.processors());
    this.footprints = new Footprints(processorsMatter, waitsForSeveralMatter, processors);
    this.happensBefore = new HappensBefore(scenario.processors());
    this.dataRaces = new DataRaces(index -> String.valueOf(tasks.get(index).activity.name()), observer);
  }

  RunResult run(Scenario scenario) {
    try {
      machine.boot(() -> setUp(scenario));
      if (!machine.isStopped()) {
        Ending.of(machine, this::runToRest);
      }
      if (machine.failure() != null) {
        strategy.stopped(this);
      }
    } finally {
      stopping = true;
      switcher.abandon();
    }
    Throwable failure = machine.failure();
    Throwable differs = repetition.end(schedule.length(), failure);
    failure = differs != null ? differs : failure;
    return new RunResult(
        failure == null ? null : Finding.of(failure),
        pruned,
        schedule.toArray(),
        schedule.preemptions(),
        schedule.switches(),
        processors.wereScarce(),
        footprints.seesWaitsForSeveral(),
        leftOut);
  }

  private void setUp(Scenario scenario) {
    stranger = Activity.current();
    scenario.model().setUp(machine);
    if (scenario.hasLowResources()) {
      machine.letOneAllocationFail();
    }
    if (scenario.forcesPending()) {
      machine.letCallsPend();
    }
  }

  private void runToRest() {
    scheduling = true;
    Task first = pick();
    if (first != null) {
      switcher.run(first.coroutine);
    }
    scheduling = false;
    if (!machine.isStopped()) {
      strategy.atRest(this);
      machine.end().setWaiting(waiting());
      machine.boot(this::checkSpinning);
    }
  }

  /** Who waits with the processor held is stuck, whatever is still to be run down. */
  private void checkSpinning() {
    Map<Activity, Gate> waiting = waiting();
    for (Activity waiter : waiting.keySet()) {
      if (waiter.irql().ownsProcessor()) {
        machine.end().checkWaiters();
        throw Rule.DEADLOCK.violated(machine, waiter + " spins for " + waiting.get(waiter), waiter);
      }
    }
  }

  private Map<Activity, Gate> waiting() {
    Map<Activity, Gate> waiting = new LinkedHashMap<>();
    for (Task task : tasks) {
      if (!task.finished && task.entered && task.gate != null) {
        waiting.put(task.activity, task.gate);
      }
    }
    return waiting;
  }

  private void tellWaiter(Activity waiter) {
    Task task = taskOf(waiter);
    if (observer != null) {
      observer.waits(task.index, requireNonNull(task.gate), task.site);
    }
  }

  // choosing

  /** Who goes on: the task whose step was chosen and has been entered in the books, or one that has not begun. */
  private @Nullable Task pick() {
    if (machine.isStopped()) {
      return null;
    }
    enabled = 0;
    for (Task task : tasks) {
      if (!task.entered && task.kind == null) {
        task.entered = true;
        return task;
      }
      if (!task.finished && task.passesGate() && processors.available(task)) {
        enabled |= 1L << task.index;
      }
    }
    if (enabled == 0) {
      return null;
    }
    giveWay();
    if (schedule.length() >= stepLimit) {
      machine.fail(new NoProgress("no end after " + stepLimit + " steps: somebody goes round in circles"));
      return null;
    }
    int next = strategy.choose(this);
    if (next == Strategy.PRUNE) {
      pruned = true;
      machine.close();
      return null;
    }
    Task task = tasks.get(next);
    Nondeterminism differs = repetition.step(schedule.length(), task, enabled);
    if (differs != null) {
      machine.fail(differs);
      return null;
    }
    enterInTheBooks(task);
    return task;
  }

  /** Somebody who polls for what another is to do would poll for ever; the schedule of a real machine is fair. */
  private void giveWay() {
    long others = schedule.length() == 0 ? 0 : enabled & ~(1L << schedule.last());
    if (schedule.inARow() >= MOST_STEPS_IN_A_ROW && others != 0) {
      enabled = others;
      leavesOut("who polls gives way in the end");
    }
  }

  private void enterInTheBooks(Task task) {
    StepKind kind = requireNonNull(task.kind);
    MachineObject target = requireNonNull(task.target);
    boolean preempts = schedule.add(task.index, enabled);
    if (observer != null) {
      observer.step(task.index, kind, target, task.operand, preempts, task.site);
    }
    int before = task.level;
    if (processors.occupy(task)) {
      leavesOut("a thread that may have any processor has the first free one");
    }
    happensBefore.raised(task, before);
    countStepsAtDispatch(task);
    happensBefore.took(task, kind, target);
    task.entered = true;
  }

  private static void countStepsAtDispatch(Task task) {
    if (task.level >= Irql.DISPATCH_LEVEL.level() && task.activity.kind() != ActivityKind.HARDWARE) {
      task.stepsAtDispatch++;
      task.stepsHolding += task.activity.spinLocksHeld() > 0 ? 1 : 0;
    }
  }

  /** Whoever goes below DISPATCH_LEVEL after a great many steps was there for too long; who never does, is not here. */
  private void checkStepsAtDispatch(Task task) {
    if (task.stepsAtDispatch > MOST_STEPS_AT_DISPATCH && !machine.isStopped()) {
      boolean thread = task.activity.kind() == ActivityKind.THREAD;
      Rule rule =
          task.stepsHolding > MOST_STEPS_AT_DISPATCH
              ? Rule.SPIN_LOCK_HELD_TOO_LONG
              : thread ? Rule.TOO_LONG_AT_DISPATCH : Rule.DPC_TOO_LONG;
      machine.fail(
          rule.violated(
              machine, task.activity + " took " + task.stepsAtDispatch + " steps at DISPATCH_LEVEL or above"));
    }
    task.stepsAtDispatch = 0;
    task.stepsHolding = 0;
  }

  @Override
  public long enabled() {
    return enabled;
  }

  @Override
  public int last() {
    return schedule.last();
  }

  @Override
  public int activities() {
    return tasks.size();
  }

  @Override
  public long unfinished() {
    long unfinished = 0;
    for (Task task : tasks) {
      unfinished |= task.finished ? 0 : 1L << task.index;
    }
    return unfinished;
  }

  @Override
  public long footprint(int activity) {
    return tasks.get(activity).footprint;
  }

  @Override
  public boolean isOpen(int activity) {
    return tasks.get(activity).target instanceof Gate gate && gate.passable(requireNonNull(stranger));
  }

  @Override
  public String describe(int activity) {
    Task task = tasks.get(activity);
    return requireNonNull(task.kind).describe(String.valueOf(task.target), String.valueOf(task.operand));
  }

  // the activities' side

  @Override
  public void start(Activity thread) {
    addTask(thread, () -> {});
  }

  private Task addTask(Activity activity, Runnable before) {
    if (tasks.size() == MOST_ACTIVITIES) {
      throw new IllegalStateException("an explored machine has at most " + MOST_ACTIVITIES + " activities");
    }
    Task task = new Task(activity, tasks.size());
    task.clock.tick(task.index);
    task.coroutine = switcher.create(String.valueOf(activity.name()), () -> live(task, before));
    tasks.add(task);
    taskOf.put(activity, task);
    Task maker = scheduling ? taskOf.get(Activity.current()) : null;
    if (maker != null) {
      happensBefore.made(task, maker);
    }
    if (observer != null) {
      observer.activity(task.index, activity);
    }
    return task;
  }

  private @Nullable Coroutine live(Task task, Runnable before) {
    carry(task);
    OwnThreads.watch();
    try {
      before.run();
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
    Task next = pick();
    return next == null ? null : next.coroutine;
  }

  private static void carry(Task task) {
    ((Carrier) Thread.currentThread()).carry(task.activity);
  }

  private Task taskOf(Activity activity) {
    return requireNonNull(taskOf.get(activity));
  }

  /** Returns when the step that the task has announced is to take effect. */
  private void awaitTurn(Task task) {
    if (observer != null) {
      JvmMonitors.checkNoneHeld(task.activity);
      task.site = observer.site();
      observer.announces(task.index, requireNonNull(task.kind), requireNonNull(task.target));
    }
    task.footprint = footprints.of(task);
    Task next = pick();
    if (next == task) {
      return;
    }
    switcher.transfer(task.coroutine, next == null ? null : next.coroutine);
    carry(task);
  }

  @Override
  public void step(Activity self, StepKind kind, MachineObject target, @Nullable Object operand) {
    if (!scheduling || stopping) {
      return;
    }
    if (machine.isStopped()) {
      if (self.spinLocksHeld() == 0) {
        throw new MachineStopped();
      }
      return;
    }
    Task task = taskOf(self);
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
      Task task = taskOf(self);
      task.announce(kind, gate.subject(), gate, null);
      task.mayTimeOut = mayTimeOut;
      if (!mayTimeOut && self.irql().ownsProcessor() && !gate.passable(self)) {
        checkInversion(task);
      }
      awaitTurn(task);
    }
    boolean passed = gate.tryPass(self);
    if (!passed && !mayTimeOut) {
      if (machine.isStopped() || stopping) {
        throw new MachineStopped();
      }
      throw new IllegalStateException(self + " would wait for " + gate + " during the setup, where nobody else runs");
    }
    return passed;
  }

  private void checkInversion(Task task) {
    task.site = observer == null ? null : observer.site();
    WaitForGraph.checkInversion(task.activity, waiting()::get);
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
    Activity current = Activity.currentOrNull();
    Task stopper = current == null ? null : taskOf.get(current);
    observer.ended(stopper == null ? -1 : stopper.index);
    if (machine.failure() instanceof BugCheck bugCheck && bugCheck.rule().isDeadlock()) {
      waiting().keySet().stream().filter(waiter -> !waiter.isBackground()).forEach(this::tellWaiter);
    }
  }

  @Override
  public void lowered(Activity self) {
    Task task = taskOf.get(self);
    if (task != null) {
      lowered(task, Math.max(task.below, self.irql().level()));
    }
  }

  private void lowered(Task task, int level) {
    if (level < task.level) {
      if (level < Irql.DISPATCH_LEVEL.level() || level == task.below) {
        checkStepsAtDispatch(task);
      }
      happensBefore.lowered(task, level, processors.queuedDpcs(task));
      Collection<Task> dpcs = List.copyOf(processors.queuedDpcs(task));
      processors.lower(task, level);
      if (task.isThreadBelowDispatch() && dpcs.stream().anyMatch(dpc -> dpc.drain && dpc.passesGate())) {
        task.standsStillFor.addAll(dpcs);
      }
    }
  }

  @Override
  public void interrupt(Supplier<Activity> isr, Gate gate, List<Processor> candidates) {
    for (Processor processor : candidates) {
      Activity activity = isr.get();
      Task task = addTask(activity, () -> passOwnGate(activity, gate));
      task.announce(StepKind.START_ISR, gate.subject(), gate, null);
      task.footprint = footprints.of(task);
      processors.interrupt(task, processor, candidates);
    }
  }

  @Override
  public void queueDpc(Activity dpc, Gate gate, @Nullable Processor processor, boolean head, boolean drain) {
    Task task = addTask(dpc, () -> passOwnGate(dpc, gate));
    task.announce(StepKind.START_DPC, gate.subject(), gate, null);
    task.footprint = footprints.of(task);
    processors.queueDpc(task, processor, head, drain);
    Task queuer = scheduling ? taskOf.get(Activity.current()) : null;
    if (drain && processor == null && queuer != null && queuer.isThreadBelowDispatch()) {
      queuer.standsStillFor.add(task);
    }
  }

  @Override
  public void leavesOut(String whatIsSeen) {
    leftOut = whatIsSeen;
  }

  @Override
  public void lookedAtProcessor(Activity self) {
    Task task = taskOf.get(self);
    if (scheduling && task != null && !processors.isBound(task)) {
      leavesOut("a thread that may have any processor has the first free one");
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
    Task task = addTask(hardware, () -> passOwnGate(hardware, gate));
    task.announce(kind, gate.subject(), gate, null);
    task.footprint = footprints.of(task);
  }

  private static void passOwnGate(Activity self, Gate gate) {
    if (!gate.tryPass(self)) {
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
    Task task = taskOf(self);
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
  public void note(Activity self, StepKind kind, MachineObject target, @Nullable Object operand) {
    if (observer != null && scheduling && !stopping && !machine.isStopped()) {
      observer.note(taskOf(self).index, kind, target, operand);
    }
  }

  @Override
  public void outcome(Activity self, @Nullable Object value) {
    if (observer != null && scheduling && !stopping && !machine.isStopped()) {
      observer.outcome(value);
    }
  }
}
