package org.cancelsafe.emu.io;

import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.StepKind;

/** The system's cancel spin lock: there is one. */
final class CancelSpinLock extends KSpinLock {
  CancelSpinLock() {
    super("CSL", StepKind.ACQUIRE_CANCEL, StepKind.RELEASE_CANCEL);
  }

  Irql acquireFor(Activity self) {
    return acquire(self);
  }

  void releaseFor(Activity self, Irql irql) {
    release(self, irql);
  }
}
