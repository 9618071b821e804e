package org.cancelsafe.hunter.explore;

import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.coroutine.Switchers;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.strategy.SourceDpor;

/**
 * Loads, once in the life of the JVM, the classes that any first run needs: a machine is set up and judged on which
 * nobody runs. Loading them takes longer than going through a small scenario, and the thread that waits for the
 * explorer's has nothing else to do.
 */
final class Preparation {
  private static final Scenario NOTHING = Scenario.named("nothing").model(Preparation::setUp);

  static {
    Explorer explorer = new Explorer(NOTHING);
    explorer.open(Switchers.createWithThreads());
    try (explorer) {
      explorer.run(new SourceDpor(), RunObserver.OF_NOTHING);
    }
    JvmLocks.prepare();
  }

  private Preparation() {}

  /** Returns when they are loaded. */
  static void await() {
    // by the initialisation of this class
  }

  private static void setUp(Machine machine) {
    IoManager io = IoManager.of(machine);
    Irp irp = io.allocateIrp(1);
    io.cancelIrp(irp);
    io.freeIrp(irp);
  }
}
