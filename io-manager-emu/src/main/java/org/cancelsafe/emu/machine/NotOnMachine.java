package org.cancelsafe.emu.machine;

/** A JVM thread that runs no activity has called a routine that only activities can call. */
public final class NotOnMachine extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  NotOnMachine() {
    super(
        "not on a machine: thread '" + Thread.currentThread().getName()
            + "' runs no activity; call this from Machine.run, from a thread of the machine, or from a scenario");
  }
}
