package org.cancelsafe.emu.machine;

import java.util.concurrent.locks.LockSupport;
import org.cancelsafe.emu.verifier.Rule;

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
      if (tries % DEADLOCK_CHECK_EVERY == 0) {
        checkDeadlock();
      }
    }
  }

  void over() {
    self.setSpinningOn(null);
  }

  private void checkDeadlock() {
    String circle = WaitForGraph.circle(self, Activity::spinningOn);
    // who spins in a circle never leaves it, so a second look that shows the same is proof
    if (circle != null && circle.equals(WaitForGraph.circle(self, Activity::spinningOn)) && !gate.passable(self)) {
      throw Rule.DEADLOCK.violated(self.machine(), circle, gate);
    }
  }
}
