package org.cancelsafe.emu.ke;

import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.StepKind;
import org.cancelsafe.emu.verifier.Rule;

/** An interrupt's spin lock at the level it is taken at. */
record InterruptSpinLock(KSpinLock lock, Irql synchronizeIrql) implements InterruptLock {
  @Override
  public Irql enter(Activity self) {
    Irql old = self.irql();
    if (old.isAbove(synchronizeIrql)) {
      throw Rule.RAISE_TO_LOWER.violated(
          self.machine(),
          "KeAcquireInterruptSpinLock(" + lock + ") at " + old + ", above " + synchronizeIrql + ", " + self,
          old.level(),
          synchronizeIrql.level());
    }
    self.raise(synchronizeIrql);
    lock.take(self, StepKind.ACQUIRE_INTERRUPT);
    return old;
  }

  @Override
  public void leave(Activity self, Irql old) {
    lock.checkOwner(self);
    if (!self.isAt(synchronizeIrql) || old.isAbove(synchronizeIrql)) {
      throw Rule.LOWER_TO_HIGHER.violated(
          self.machine(),
          "KeReleaseInterruptSpinLock(" + lock + ") to " + old + " at " + self.irql() + ", not at " + synchronizeIrql
              + ", " + self,
          self.irql().level(),
          old.level());
    }
    lock.free(self, StepKind.RELEASE_INTERRUPT);
    self.lower(old);
  }
}
