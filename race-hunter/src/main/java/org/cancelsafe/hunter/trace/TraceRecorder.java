package org.cancelsafe.hunter.trace;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Cell;
import org.cancelsafe.emu.machine.Facet;
import org.cancelsafe.emu.machine.Gate;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.hunter.explore.DataRace;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.explore.RunObserver;
import org.jspecify.annotations.Nullable;

/**
 * Records a run. A step's effect is known only when the next thing happens, so each line is finished then: with what it
 * returned and with the state of every object that has appeared so far.
 */
public final class TraceRecorder implements RunObserver {
  private static final int FACETS = Facet.values().length;

  private final List<Activity> activities = new ArrayList<>();
  private final List<MachineObject> subjects = new ArrayList<>();
  private final Map<MachineObject, Integer> subjectIndex = new IdentityHashMap<>();
  private final Map<MachineObject, Line[]> lastChange = new IdentityHashMap<>();
  private final Map<MachineObject, Line> completions = new IdentityHashMap<>();
  private final List<Line> lines = new ArrayList<>();
  private final List<String> waiters = new ArrayList<>();
  private int steps;
  private int stopper = -1;
  private @Nullable Line open;

  /** A recorder of one run. */
  public TraceRecorder() {}

  /** A line in the making. */
  private static final class Line {
    final int number;
    final int activity;
    final StepKind kind;
    final MachineObject target;
    final @Nullable Object operand;
    final boolean preempts;
    final @Nullable String site;
    @Nullable Object outcome;
    @Nullable Line from;
    @Nullable Line completedBefore;
    @Nullable TraceStep finished;

    /** What it is about; of a change to a list, the entry's IRP. */
    MachineObject subject() {
      ListEntry entry = operand instanceof ListEntry moved ? moved : target instanceof ListEntry self ? self : null;
      return entry != null && entry.container() instanceof MachineObject container ? container : target;
    }

    Line(
        int number,
        int activity,
        StepKind kind,
        MachineObject target,
        @Nullable Object operand,
        boolean preempts,
        @Nullable String site) {
      this.number = number;
      this.activity = activity;
      this.kind = kind;
      this.target = target;
      this.operand = operand;
      this.preempts = preempts;
      this.site = site;
    }
  }

  @Override
  public void activity(int index, Activity activity) {
    activities.add(activity);
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
    begin(new Line(++steps, index, kind, target, operand, preempts, site));
  }

  @Override
  public void note(int index, StepKind kind, MachineObject target, @Nullable Object operand) {
    finishOpenLine();
    begin(new Line(steps, index, kind, target, operand, false, SourceSites.current()));
  }

  @Override
  public void access(int index, Cell cell, boolean write) {
    StepKind kind = write ? StepKind.WRITE_SHARED : StepKind.READ_SHARED;
    Line line = new Line(steps, index, kind, cell, null, false, SourceSites.current());
    if (cell instanceof Shared<?>) {
      finishOpenLine();
      begin(line);
    } else {
      lines.add(line);
      finish(line);
    }
  }

  /** A driver's variables are always shown, other plain memory only when it was raced for. */
  private static boolean isShown(Line line, @Nullable Finding finding) {
    return !(line.target instanceof Cell cell)
        || cell instanceof Shared<?>
        || line.kind.changesList()
        || finding != null && finding.cause() instanceof DataRace race && race.cell() == cell;
  }

  private void begin(Line line) {
    open = line;
    lines.add(line);
    Line[] changes = lastChange.computeIfAbsent(line.target, key -> new Line[FACETS]);
    int facet = line.kind.facet().ordinal();
    boolean reads = line.kind.observes() || line.kind == StepKind.READ_SHARED;
    Line change = changes[facet];
    if (reads && change != null && change.activity != line.activity && !(line.target instanceof KSpinLock)) {
      line.from = change;
    }
    if (line.kind.changes() || line.kind == StepKind.WRITE_SHARED) {
      changes[facet] = line;
    }
    if (line.kind == StepKind.COMPLETE) {
      line.completedBefore = completions.putIfAbsent(line.target, line);
    }
    if (line.target.snapshot() != null && subjectIndex.putIfAbsent(line.target, subjects.size()) == null) {
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
    waiters.add(activities.get(index) + " waits for " + gate + owner + (site == null ? "" : " at " + site));
    begin(new Line(steps, index, StepKind.WAITS, gate, owner, false, site));
    finishOpenLine();
  }

  @Override
  public void ended(int index) {
    finishOpenLine();
    stopper = index;
  }

  private void finishOpenLine() {
    Line line = open;
    if (line == null) {
      return;
    }
    open = null;
    finish(line);
  }

  private void finish(Line line) {
    List<Integer> irqls = activities.stream().map(TraceRecorder::irql).toList();
    List<String> states = subjects.stream().map(this::state).toList();
    line.finished =
        new TraceStep(
            line.number,
            line.kind.scheduled(),
            line.activity,
            text(line),
            line.site,
            line.preempts,
            subjectIndex.getOrDefault(line.subject(), -1),
            line.kind.changes() || line.kind.changesList(),
            irqls,
            states);
  }

  /** A raised IRQL takes effect with the step that follows the raise; a DPC has one only while it runs. */
  private static int irql(Activity activity) {
    boolean announcedOnly = activity.irql().ownsProcessor() && activity.processor() == null;
    return announcedOnly ? 0 : activity.irql().level();
  }

  private String state(MachineObject subject) {
    if (subject instanceof KSpinLock lock) {
      Activity owner = lock.owner();
      return owner == null ? "-" : Trace.letter(activities.indexOf(owner));
    }
    return String.valueOf(subject.snapshot());
  }

  private String text(Line line) {
    StringBuilder text = new StringBuilder(line.kind.describe(line.target.toString(), String.valueOf(line.operand)));
    if (line.kind == StepKind.READ_SHARED || line.kind == StepKind.WRITE_SHARED) {
      String value = line.target.snapshot();
      text.append(value == null ? "" : (line.kind == StepKind.READ_SHARED ? " -> " : " := ") + value);
    } else if (line.outcome != null) {
      text.append(" -> ").append(line.kind == StepKind.EXCHANGE_CANCEL_ROUTINE ? "got " : "").append(line.outcome);
    }
    if (line.from != null) {
      text.append(" [from #").append(line.from.number).append(']');
    }
    if (line.completedBefore != null) {
      text.append(" << already completed at #").append(line.completedBefore.number);
    }
    return text.toString();
  }

  /** The trace, now that the run is over. */
  public Trace trace(@Nullable Finding finding) {
    finishOpenLine();
    List<TraceStep> finished = new ArrayList<>();
    for (Line line : lines) {
      if (line.finished != null && isShown(line, finding)) {
        finished.add(line.finished);
      }
    }
    List<String> names = activities.stream().map(activity -> String.valueOf(activity.name())).toList();
    List<Trace.Column> columns =
        subjects.stream().map(subject -> new Trace.Column(subject.toString(), rank(subject))).toList();
    TraceStep last = finished.isEmpty() ? null : finished.get(finished.size() - 1);
    if (finding != null && stopper >= 0 && last != null) {
      finished.add(last.violation(stopper, "*** " + finding.rule() + ": " + finding.message()));
    }
    Trace trace = new Trace(names, columns, finished, List.of());
    return finding == null ? trace : new Trace(names, columns, finished, DecisiveSites.of(trace, finding, waiters));
  }

  private static int rank(MachineObject subject) {
    if (subject instanceof Irp) {
      return 0;
    }
    if (subject instanceof KSpinLock) {
      return 1;
    }
    return subject instanceof ListEntry ? 2 : 3;
  }
}
