package org.cancelsafe.emu.machine;

import java.util.SplittableRandom;

/**
 * Which of the drivers' calls of IoCallDriver return STATUS_PENDING, though the driver below completes the IRP at once:
 * Driver Verifier's Force Pending I/O Requests. The completion is held back before it reaches the driver that called,
 * and goes on in another thread later.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/devtest/force-pending-i-o-requests">Force pending
 *     I/O requests</a>
 */
public abstract class ForcePending extends MachineObject {
  /** How many of a hundred calls pend at random unless somebody says otherwise. */
  public static final int PERCENT = 50;

  ForcePending() {
    super("force pending");
  }

  /** Whether the next call pends. Real threads may ask at once. */
  abstract boolean nextPends(Machine machine);

  /** Has so many of a hundred calls pend, drawn from this seed. */
  public static ForcePending randomized(long seed, int percent) {
    if (percent < 0 || percent > 100) {
      throw new IllegalArgumentException("0 to 100 of a hundred calls can be forced to pend, not " + percent);
    }
    SplittableRandom random = new SplittableRandom(seed);
    return new ForcePending() {
      @Override
      synchronized boolean nextPends(Machine machine) {
        return random.nextInt(100) < percent;
      }
    };
  }
}
