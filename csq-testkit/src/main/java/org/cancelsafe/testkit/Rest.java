package org.cancelsafe.testkit;

import java.time.Duration;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.hunter.Whereabouts;

/** Waits for a live machine to come to rest, and says what kept it from that. */
final class Rest {
  private Rest() {}

  /**
   * Waits until everything has ended.
   *
   * @param what what is to end
   * @throws ContractViolation when it did not end well
   */
  static void await(Machine machine, Duration limit, String what) {
    boolean rests = machine.awaitRest(limit);
    Throwable failure = machine.failure();
    if (failure != null) {
      throw ContractViolation.of(failure);
    }
    if (!rests) {
      throw ContractViolation.hang(
          what + " did not come to an end in " + limit.toSeconds() + " s" + Whereabouts.inWords());
    }
    try {
      machine.end().checkWaiters();
    } catch (BugCheck e) {
      throw ContractViolation.of(e);
    }
  }
}
