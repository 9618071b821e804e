package org.cancelsafe.testkit;

import java.time.Duration;
import java.util.function.LongSupplier;
import org.cancelsafe.emu.machine.LiveMachineBuilder;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.hunter.Whereabouts;

/**
 * The live machines of the contracts, and how to wait for one to come to rest. How busy the host is does not count: the
 * watchdogs do not bite, and only who gets nowhere for many short whiles hangs.
 */
final class Rest {
  private static final Duration WHILE = Duration.ofMillis(500);
  private static final int WHILES = 20;
  private static final Duration NEVER = Duration.ofDays(1);

  private Rest() {}

  /** A live machine to be built. */
  static LiveMachineBuilder machine() {
    return Machine.live().spinLockLimit(NEVER).dpcWatchdog(NEVER, NEVER);
  }

  /**
   * Waits until everything has ended.
   *
   * @param what what is to end
   * @throws ContractViolation when it did not end well
   */
  static void await(Machine machine, String what) {
    await(machine, what, () -> 0);
  }

  /**
   * Waits until everything has ended, as long as it gets on.
   *
   * @param what what is to end
   * @param progress how far it is
   * @throws ContractViolation when it did not end well
   */
  static void await(Machine machine, String what, LongSupplier progress) {
    awaitOutside(machine, what, progress);
    try {
      machine.end().checkWaiters();
    } catch (BugCheck e) {
      throw ContractViolation.of(e);
    }
  }

  /** Waits until nothing goes on without something from outside, for which somebody may wait. */
  static void awaitOutside(Machine machine, String what) {
    awaitOutside(machine, what, () -> 0);
  }

  private static void awaitOutside(Machine machine, String what, LongSupplier progress) {
    boolean rests = awaitRest(machine, progress);
    Throwable failure = machine.failure();
    if (failure != null) {
      throw ContractViolation.of(failure);
    }
    if (!rests) {
      throw ContractViolation.hang(
          what + " did not come to an end, and got nowhere for " + WHILE.multipliedBy(WHILES).toSeconds() + " s"
              + Whereabouts.inWords());
    }
  }

  private static boolean awaitRest(Machine machine, LongSupplier progress) {
    long before = progress.getAsLong();
    int idle = 0;
    while (!machine.awaitRest(WHILE)) {
      long now = progress.getAsLong();
      idle = now == before ? idle + 1 : 0;
      if (idle == WHILES) {
        return false;
      }
      before = now;
    }
    return true;
  }
}
