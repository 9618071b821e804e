package org.cancelsafe.hunter.trace;

import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.machine.MachineObject;
import org.cancelsafe.emu.machine.Processor;
import org.cancelsafe.emu.machine.StepKind;
import org.jspecify.annotations.Nullable;

/** A line of a trace in the making. */
final class RecordedLine {
  final int number;
  final int activity;
  final StepKind kind;
  final MachineObject target;
  final @Nullable Object operand;
  final boolean preempts;
  final @Nullable String site;

  /** The lines that this one comes directly after, in every equivalent schedule. */
  final List<RecordedLine> after = new ArrayList<>();

  /** Whether the run stopped before this had its effect. */
  boolean takesNoEffect;

  @Nullable Object outcome;
  @Nullable RecordedLine from;
  @Nullable RecordedLine completedBefore;
  @Nullable Processor processor;
  @Nullable TraceStep finished;

  RecordedLine(
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

  /** What it is about; of a change to a list, the entry's IRP. */
  MachineObject subject() {
    ListEntry entry = operand instanceof ListEntry moved ? moved : target instanceof ListEntry self ? self : null;
    return entry != null && entry.container() instanceof MachineObject container ? container : target;
  }

  boolean reads() {
    return kind.observes() || kind == StepKind.READ_SHARED;
  }

  boolean writes() {
    return kind.changes() || kind.changesList() || kind == StepKind.WRITE_SHARED;
  }

  /** Whether the line is only told: it touches nothing that another line could depend on. */
  boolean isRemark() {
    return !kind.scheduled() && !kind.changesList() && kind != StepKind.READ_SHARED && kind != StepKind.WRITE_SHARED
        && kind != StepKind.WAITS;
  }
}
