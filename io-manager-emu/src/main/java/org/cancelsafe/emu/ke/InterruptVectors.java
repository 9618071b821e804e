package org.cancelsafe.emu.ke;

import java.util.HashMap;
import java.util.Map;
import org.cancelsafe.emu.machine.Machine;
import org.jspecify.annotations.Nullable;

/** The interrupt vectors of a machine. */
final class InterruptVectors {
  private final Machine machine;
  private final Map<Integer, InterruptVector> byNumber = new HashMap<>();

  private InterruptVectors(Machine machine) {
    this.machine = machine;
    machine.expectInterrupts();
  }

  static InterruptVectors of(Machine machine) {
    return machine.component(InterruptVectors.class, InterruptVectors::new);
  }

  /** The vector that an interrupt asks for, a new one for each that does not ask; null when that is taken. */
  synchronized @Nullable InterruptVector admit(KInterrupt interrupt) {
    Integer number = interrupt.vector();
    InterruptVector vector =
        number == null
            ? new InterruptVector(machine, interrupt.toString(), interrupt.irql())
            : byNumber.computeIfAbsent(
                number, key -> new InterruptVector(machine, "vector " + number, interrupt.irql()));
    if (!vector.admits(interrupt)) {
      return null;
    }
    vector.connect(interrupt);
    return vector;
  }
}
