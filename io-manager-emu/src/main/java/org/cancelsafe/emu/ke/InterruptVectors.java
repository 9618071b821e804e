package org.cancelsafe.emu.ke;

import java.util.HashMap;
import java.util.Map;
import org.cancelsafe.emu.machine.Machine;

/** The interrupt vectors of a machine. */
final class InterruptVectors {
  private final Machine machine;
  private final Map<Object, InterruptVector> vectors = new HashMap<>();

  private InterruptVectors(Machine machine) {
    this.machine = machine;
    machine.expectInterrupts();
  }

  static InterruptVectors of(Machine machine) {
    return machine.component(InterruptVectors.class, InterruptVectors::new);
  }

  /** The vector that an interrupt asks for, one of its own for each that does not ask; connected or not. */
  synchronized InterruptVector of(KInterrupt interrupt) {
    Integer number = interrupt.vector();
    return vectors.computeIfAbsent(
        number == null ? interrupt : number,
        key -> new InterruptVector(machine, number == null ? interrupt.toString() : "vector " + number, interrupt));
  }
}
