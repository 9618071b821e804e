package org.cancelsafe.hunter.explore;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.joining;

import java.util.List;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.hunter.strategy.Choice;
import org.cancelsafe.hunter.strategy.Strategy;
import org.jspecify.annotations.Nullable;

/** Whose turn it is: finds out who can go on, asks the strategy, and enters the step that was chosen in the books. */
final class Turns implements Choice {
  private static final int MOST_STEPS_IN_A_ROW = 300;

  private final Machine machine;
  private final Tasks tasks;
  private final Processors processors;
  private final HappensBefore happensBefore;
  private final Strategy strategy;
  private final Repetition repetition;
  private final int stepLimit;
  private final @Nullable RunObserver observer;
  private final Schedule schedule = new Schedule();

  /** Somebody who has no part in anything, to ask gates whether they are open. */
  private @Nullable Activity stranger;

  private long enabled;
  private boolean pruned;
  private @Nullable String leftOut;

  Turns(
      Machine machine,
      Tasks tasks,
      Processors processors,
      HappensBefore happensBefore,
      Strategy strategy,
      Repetition repetition,
      int stepLimit,
      @Nullable RunObserver observer) {
    this.machine = machine;
    this.tasks = tasks;
    this.processors = processors;
    this.happensBefore = happensBefore;
    this.strategy = strategy;
    this.repetition = repetition;
    this.stepLimit = stepLimit;
    this.observer = observer;
  }

  void setStranger(Activity stranger) {
    this.stranger = stranger;
  }

  /** Who goes on, now that the running one has come to its next step or to its end. */
  @Nullable Task afterArrivalOf(Task task) {
    if (machine.isStopped()) {
      return null;
    }
    Nondeterminism differs = repetition.arrival(schedule.length(), task, tasks);
    if (differs != null) {
      machine.fail(differs);
    }
    return next();
  }

  /** Who goes on: the task whose step was chosen and has been entered in the books, or one that has not begun. */
  @Nullable Task next() {
    if (machine.isStopped()) {
      return null;
    }
    Task beginner = findEnabled();
    if (beginner != null || enabled == 0) {
      return beginner;
    }
    giveWay();
    if (schedule.length() >= stepLimit) {
      machine.fail(new NoProgress("no end after " + stepLimit + " steps: " + whoGoesRound()));
      return null;
    }
    int next = strategy.choose(this);
    if (next == Strategy.PRUNE) {
      pruned = true;
      machine.close();
      return null;
    }
    Task task = tasks.get(next);
    Nondeterminism differs = repetition.step(schedule.length(), task, enabled, tasks);
    if (differs != null) {
      machine.fail(differs);
      return null;
    }
    enterInTheBooks(task);
    return task;
  }

  /** Who took the steps of the second half, in words. */
  private String whoGoesRound() {
    long going = schedule.activeSince(stepLimit / 2);
    String names =
        tasks.all().stream()
            .filter(task -> (going & 1L << task.index) != 0)
            .map(task -> String.valueOf(task.activity.name()))
            .collect(joining(" and "));
    return names + (Long.bitCount(going) == 1 ? " goes round in circles" : " go round in circles");
  }

  /** Finds out who can take a step; returns one that has not begun, when there is one. */
  private @Nullable Task findEnabled() {
    enabled = 0;
    List<Task> all = tasks.all();
    for (int index = 0; index < all.size(); index++) {
      Task task = all.get(index);
      if (!task.entered && task.kind == null) {
        task.entered = true;
        return task;
      }
      if (!task.finished && task.passesGate() && processors.available(task)) {
        enabled |= 1L << index;
      }
    }
    return null;
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
    StepsAtDispatch.count(task);
    happensBefore.took(task, kind, target);
    task.entered = true;
  }

  /** Only schedules like this are seen. */
  void leavesOut(String whatIsSeen) {
    leftOut = whatIsSeen;
  }

  /** In which schedules only the run can have been seen; null where nothing was left out. */
  @Nullable String leftOut() {
    return leftOut;
  }

  Schedule schedule() {
    return schedule;
  }

  /** Whether the strategy gave the run up. */
  boolean isPruned() {
    return pruned;
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
    return tasks.all().size();
  }

  @Override
  public long unfinished() {
    return tasks.unfinished();
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
}
