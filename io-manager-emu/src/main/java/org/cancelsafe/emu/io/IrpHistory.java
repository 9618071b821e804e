package org.cancelsafe.emu.io;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.IrpEvent;
import org.jspecify.annotations.Nullable;

/** The last things that happened to an IRP; put into words only when somebody asks. */
final class IrpHistory {
  private static final int LENGTH = 20;

  private final Irp irp;
  private final Deque<Event> events = new ArrayDeque<>(LENGTH);

  private record Event(StepKind kind, @Nullable Object operand, Activity activity, Irql irql) {
    IrpEvent inWords(Irp irp) {
      return new IrpEvent(
          kind.describe(irp.toString(), String.valueOf(operand)), String.valueOf(activity.name()), irql.name());
    }
  }

  IrpHistory(Irp irp) {
    this.irp = irp;
  }

  synchronized void add(StepKind kind, @Nullable Object operand) {
    if (events.size() == LENGTH) {
      events.removeFirst();
    }
    Activity self = Activity.current();
    events.addLast(new Event(kind, operand, self, self.irql()));
  }

  synchronized List<IrpEvent> inWords() {
    return events.stream().map(event -> event.inWords(irp)).toList();
  }
}
