package org.cancelsafe.hunter.explore;

import org.cancelsafe.emu.machine.Machine;

/**
 * How a machine is brought to its end and judged, the same for both kinds. When all that is to come at rest has come,
 * an IRP that was cancelled and not completed is lost, and what the scenario asserts must hold. Then whatever is still
 * pending is cancelled, as when its threads exit; at rest again, everything must be completed, no thread may wait but
 * those in the background, no list that was there from the beginning may hold a completed IRP, and no spin locks may
 * have been taken in orders that can hang.
 */
public final class Ending {
  private Ending() {}

  /**
   * Brings a machine to its end.
   *
   * @param runToRest lets the machine run until nobody can go on
   */
  public static void of(Machine machine, Runnable runToRest) {
    runToRest.run();
    while (!machine.isStopped() && machine.end().startNext()) {
      runToRest.run();
    }
    judge(machine, machine.end()::checkAtRest);
    if (!machine.isStopped() && machine.end().needsRundown()) {
      machine.startThread("rundown", machine.end()::runDown);
      runToRest.run();
    }
    judge(machine, machine.end()::checkAtEnd);
  }

  private static void judge(Machine machine, Runnable check) {
    if (!machine.isStopped()) {
      machine.boot(check);
    }
  }
}
