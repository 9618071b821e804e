package org.cancelsafe.emu.ke;

import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;

/** The event that stands for the spin lock where an interrupt is handled at PASSIVE_LEVEL. */
record PassiveInterruptLock(KEvent free) implements InterruptLock {
  @Override
  public Irql enter(Activity self) {
    free.waitForSingleObject();
    return self.irql();
  }

  @Override
  public void leave(Activity self, Irql old) {
    free.set();
  }
}
