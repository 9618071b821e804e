package org.cancelsafe.emu.ke;

import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;

/** What excludes an interrupt's service routine: a spin lock at a device level, or an event at PASSIVE_LEVEL. */
interface InterruptLock {
  /**
   * Takes it.
   *
   * @return the IRQL before
   */
  Irql enter(Activity self);

  /** Gives it back, and restores the IRQL. */
  void leave(Activity self, Irql old);
}
