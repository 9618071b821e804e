package org.cancelsafe.hunter.trace;

import org.cancelsafe.emu.machine.StepKind;
import org.jspecify.annotations.Nullable;

/** What a line of a trace says: the routine, what it returned, and where what it saw came from. */
final class LineText {
  private LineText() {}

  /**
   * The line in words, now that its effect is known.
   *
   * @param maker the line that made its activity, or null
   */
  static String of(RecordedLine line, @Nullable RecordedLine maker) {
    StringBuilder text =
        new StringBuilder(
            line.kind.describe(line.target.toString(), StateReader.text(() -> String.valueOf(line.operand))));
    if (line.kind == StepKind.READ_SHARED || line.kind == StepKind.WRITE_SHARED) {
      String value = line.takesNoEffect ? null : StateReader.snapshot(line.target);
      text.append(value == null ? "" : (line.kind == StepKind.READ_SHARED ? " -> " : " := ") + value);
    } else if (line.outcome != null) {
      text.append(" -> ").append(line.kind == StepKind.EXCHANGE_CANCEL_ROUTINE ? "got " : "");
      text.append(StateReader.text(() -> line.outcome));
    }
    if (begins(line) && maker != null && maker.number > 0) {
      text.append(" (pending since #").append(maker.number).append(')');
    } else if (line.from != null) {
      text.append(" [from #").append(line.from.number).append(']');
    }
    if (line.completedBefore != null) {
      text.append(" << already completed at #").append(line.completedBefore.number);
    }
    return text.toString();
  }

  /** Whether what was queued, set or raised takes effect with this line. */
  private static boolean begins(RecordedLine line) {
    return line.kind == StepKind.START_DPC || line.kind == StepKind.EXPIRE_TIMER
        || line.kind == StepKind.START_ISR;
  }
}
