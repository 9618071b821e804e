package org.cancelsafe.hunter.explore;

import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.MachineObject;

/** The same schedule did something else when it was run again: no verdict would be worth anything. */
final class Nondeterminism extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private static final String ADVICE =
      "; model code may depend on nothing but its machine: no clock, no object kept from one run to the next, no order"
          + " of identity hashes, no thread of its own";

  Nondeterminism(String what) {
    super("the scenario is not deterministic: " + what + ADVICE);
  }

  /** The running activity uses what an earlier run has used. */
  static Nondeterminism kept(MachineObject object) {
    return new Nondeterminism(
        Activity.currentOrNull() + " uses " + object + ", which an earlier run has used too, at "
            + SourceSites.current() + "; each run makes its own, in the model's setup");
  }
}
