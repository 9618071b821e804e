package org.cancelsafe.hunter.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Cell;
import org.cancelsafe.emu.machine.DataRace;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.explore.RunObserver;
import org.cancelsafe.hunter.explore.SourceSites;
import org.jspecify.annotations.Nullable;

/**
 * Records a run. A step's effect is known only when the next thing happens, so each line is finished then: with what it
 * returned and with the state of every object that has appeared so far.
 */
public final class TraceRecorder implements RunObserver {
  private final List<Activity> activities = new ArrayList<>();
  private final List<MachineObject> subjects = new ArrayList<>();
  private final Map<MachineObject, Integer> subjectIndex = new IdentityHashMap<>();
  private final Map<String, RecordedLine> completions = new HashMap<>();
  private final List<RecordedLine> lines = new ArrayList<>();
  private final List<String> waiters = new ArrayList<>();
  private final CausalOrder order = new CausalOrder();
  private final StateReader states = new StateReader(activities);
  private int steps;
  private int stopper = -1;
  private List<String> held = List.of();
  private @Nullable RecordedLine open;

  /** A recorder of one run. */
  public TraceRecorder() {}

  @Override
  public void activity(int index, Activity activity) {
    activities.add(activity);
    order.made(index, open);
  }

  @Override
  public void announces(int index, StepKind kind, MachineObject target) {
    states.announces(activities.get(index), kind, target);
  }

  @Override
  public void step(
      int index,
      StepKind kind,
      MachineObject target,
      @Nullable Object operand,
      boolean preempts,
      @Nullable String site) {
    finishOpenLine();
    states.takes(activities.get(index));
    begin(new RecordedLine(++steps, index, kind, target, operand, preempts, site));
  }

  @Override
  public void note(int index, StepKind kind, MachineObject target, @Nullable Object operand) {
    finishOpenLine();
    begin(new RecordedLine(steps, index, kind, target, operand, false, SourceSites.current()));
  }

  @Override
  public void access(int index, Cell cell, boolean write) {
    StepKind kind = write ? StepKind.WRITE_SHARED : StepKind.READ_SHARED;
    RecordedLine line = new RecordedLine(steps, index, kind, cell, null, false, SourceSites.current());
    if (cell instanceof Shared<?>) {
      finishOpenLine();
      begin(line);
    } else {
      lines.add(line);
      order.add(line);
      finish(line);
    }
  }

  /** A driver's variables are always shown, other plain memory only when it was raced for. */
  private static boolean isShown(RecordedLine line, @Nullable Finding finding) {
    return !(line.target instanceof Cell cell)
        || cell instanceof Shared<?>
        || line.kind.changesList()
        || finding != null && finding.cause() instanceof DataRace race && race.cell() == cell;
  }

  private void begin(RecordedLine line) {
    open = line;
    lines.add(line);
    RecordedLine write = order.lastWrite(line);
    if (line.reads() && write != null && write.activity != line.activity && !(line.target instanceof KSpinLock)) {
      line.from = write;
    }
    order.add(line);
    if (line.kind == StepKind.COMPLETE) {
      line.completedBefore = completions.putIfAbsent(line.target.toString(), line);
    } else if (line.kind == StepKind.REUSE) {
      completions.remove(line.target.toString());
    }
    if (StateReader.snapshot(line.target) != null && subjectIndex.putIfAbsent(line.target, subjects.size()) == null) {
      subjects.add(line.target);
    }
  }

  @Override
  public void outcome(@Nullable Object value) {
    if (open != null) {
      open.outcome = value == null ? "NULL" : value;
    }
  }

  @Override
  public @Nullable String site() {
    return SourceSites.current();
  }

  @Override
  public void waits(int index, Gate gate, @Nullable String site) {
    String owner = gate.owner() == null ? "" : " held by " + gate.owner();
    states.announces(activities.get(index), StepKind.WAITS, gate.subject());
    waiters.add(activities.get(index) + " waits for " + gate + owner + (site == null ? "" : " at " + site));
    begin(new RecordedLine(steps, index, StepKind.WAITS, gate.subject(), owner, false, site));
    finishOpenLine();
  }

  @Override
  public void ended(int index) {
    if (open != null && activities.get(open.activity).machine().failure() instanceof DataRace) {
      open.takesNoEffect = true;
    }
    finishOpenLine();
    stopper = index;
    held = HeldLocks.of(subjects, lines);
  }

  private void finishOpenLine() {
    RecordedLine line = open;
    if (line == null) {
      return;
    }
    open = null;
    finish(line);
  }

  private void finish(RecordedLine line) {
    line.processor = activities.get(line.activity).processor();
    line.finished =
        new TraceStep(
            line.number,
            line.kind.scheduled(),
            line.activity,
            LineText.of(line, order.maker(line.activity)),
            line.site,
            line.preempts,
            subjectIndex.getOrDefault(line.subject(), -1),
            line.kind.changes() || line.kind.changesList(),
            true,
            states.read(subjects));
  }

  /** The trace, now that the run is over. */
  public Trace trace(@Nullable Finding finding) {
    finishOpenLine();
    List<Trace.Lane> lanes =
        activities.stream().map(activity -> new Trace.Lane(String.valueOf(activity.name()), activity.kind())).toList();
    List<Trace.Column> columns =
        subjects.stream().map(subject -> new Trace.Column(subject.toString(), rank(subject, finding))).toList();
    if (finding == null) {
      return new Trace(lanes, columns, finished(null, Set.copyOf(lines)), List.of(), List.of());
    }
    if (!activities.isEmpty() && activities.size() > activities.get(0).machine().processors().size()) {
      CausalOrder.orderByProcessor(lines);
    }
    List<TraceStep> finished = finished(finding, Influence.on(finding, stopper, lines));
    if (stopper >= 0 && !finished.isEmpty()) {
      TraceStep last = finished.get(finished.size() - 1);
      finished.add(last.violation(stopper, "here " + activities.get(stopper) + " breaks " + finding.rule()));
    }
    Trace trace = new Trace(lanes, columns, finished, List.of(), List.of());
    return new Trace(lanes, columns, finished, DecisiveSites.of(trace, finding, waiters), held);
  }

  private List<TraceStep> finished(@Nullable Finding finding, Set<RecordedLine> mattering) {
    List<TraceStep> finished = new ArrayList<>();
    for (RecordedLine line : lines) {
      if (line.finished != null && isShown(line, finding)) {
        finished.add(mattering.contains(line) ? line.finished : line.finished.independent());
      }
    }
    return finished;
  }

  /** What the violation is about comes first, then who holds which lock, then the other IRPs. */
  private int rank(MachineObject subject, @Nullable Finding finding) {
    if (subject instanceof Irp) {
      boolean named =
          finding != null && finding.cause() instanceof BugCheck stop && stop.parameters().contains(subject);
      return named || subject == firstIrp() ? 0 : 2;
    }
    if (subject instanceof KSpinLock) {
      return 1;
    }
    return subject instanceof ListEntry ? 3 : 4;
  }

  private @Nullable MachineObject firstIrp() {
    return subjects.stream().filter(Irp.class::isInstance).findFirst().orElse(null);
  }
}
