package org.cancelsafe.emu.ke;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;

/** Interrupts whose service routines note that they ran, and at which IRQL. */
abstract class InterruptFixture {
  final List<String> ran = new CopyOnWriteArrayList<>();

  KInterrupt noting(String name, Irql irql) {
    return KInterrupt.named(name).irql(irql).serviceRoutine(this::note, name).build();
  }

  boolean note(KInterrupt interrupt, Object context) {
    ran.add(context + " at " + Ke.getCurrentIrql());
    return true;
  }

  static KInterrupt connect(Machine machine, KInterrupt interrupt) {
    assertEquals(NtStatus.STATUS_SUCCESS, IoManager.of(machine).connectInterrupt(interrupt));
    return interrupt;
  }
}
