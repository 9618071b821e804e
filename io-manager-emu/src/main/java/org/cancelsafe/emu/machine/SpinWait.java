package org.cancelsafe.emu.machine;

import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * One activity spinning on a live machine: politely at first, then giving way to other JVM threads, then sleeping in
 * short naps, so that an owner who lost the CPU gets it back. From time to time it looks whether the owner waits for
 * it in turn.
 */
final class SpinWait {
  private static final int SPINS = 2_000;
  private static final int YIELDS = 4_000;
  private static final long NAP_NANOS = 50_000;
  private static final int DEADLOCK_CHECK_EVERY = 64;

  private final Activity self;
  private final Gate gate;
  private int tries;

  SpinWait(Activity self, Gate gate) {
    this.self = self;
    this.gate = gate;
    self.setSpinningOn(gate);
  }

  void pause() {
    tries++;
    if (tries < SPINS) {
      Thread.onSpinWait();
    } else if (tries < YIELDS) {
      Thread.yield();
    } else {
      LockSupport.parkNanos(NAP_NANOS);
      if (Thread.currentThread().isInterrupted()) {
        self.machine().interrupted(self, gate);
      }
      if (tries % DEADLOCK_CHECK_EVERY == 0) {
        checkDeadlock();
      }
    }
  }

  void over() {
    self.setSpinningOn(null);
  }

  /**
   * A look at others who run is no snapshot. But who spins for a lock that a stuck activity holds is stuck too, and
   * this one is stuck while it looks: so each look that shows the same circle proves one more of its members stuck, the
   * last one first, and as many looks as it has members prove all of it.
   */
  private void checkDeadlock() {
    List<WaitForGraph.Edge> circle = WaitForGraph.edges(self, Activity::spinningOn);
    for (int looks = 1; looks < circle.size(); looks++) {
      if (!circle.equals(WaitForGraph.edges(self, Activity::spinningOn))) {
        return;
      }
    }
    if (!circle.isEmpty()) {
      throw WaitForGraph.violation(circle);
    }
  }
}
