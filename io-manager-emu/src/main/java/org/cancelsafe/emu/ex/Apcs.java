package org.cancelsafe.emu.ex;

import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.verifier.Rule;

/** Normal kernel APCs, which have to be disabled for whoever has what others wait for. */
final class Apcs {
  private Apcs() {}

  /** Whoever calls this routine with normal kernel APCs enabled stops a machine that checks this rule. */
  static void checkDisabled(Activity self, String routine, Object object, Rule rule) {
    if (self.machine().checks(rule) && !Ke.areApcsDisabled() && !self.isAbove(Irql.PASSIVE_LEVEL)) {
      throw rule.violated(
          self.machine(),
          routine + "(" + object + ") with normal kernel APCs enabled: KeEnterCriticalRegion first",
          self.irql().level(),
          self.kernelApcsDisabled(),
          object);
    }
  }
}
