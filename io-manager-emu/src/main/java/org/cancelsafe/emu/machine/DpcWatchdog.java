package org.cancelsafe.emu.machine;

import java.time.Duration;
import org.cancelsafe.emu.verifier.Rule;

/**
 * How long a processor may be kept at DISPATCH_LEVEL or above: by one DPC or ISR, at a stretch, and with
 * a spin lock held. A real machine's
 * watchdog bites after seconds, and so does this; what it measures on a live machine is the JVM thread's time, the
 * garbage collector's and the scheduler's included.
 */
record DpcWatchdog(long singleNanos, long cumulativeNanos, long holdNanos) {
  static final DpcWatchdog USUAL =
      new DpcWatchdog(
          Duration.ofSeconds(20).toNanos(), Duration.ofSeconds(120).toNanos(), Duration.ofSeconds(10).toNanos());

  DpcWatchdog with(Duration single, Duration cumulative) {
    return new DpcWatchdog(single.toNanos(), cumulative.toNanos(), holdNanos);
  }

  DpcWatchdog withHold(Duration hold) {
    return new DpcWatchdog(singleNanos, cumulativeNanos, hold.toNanos());
  }

  /** A DPC or an ISR has taken this long. */
  void checkSingle(Activity activity, long nanos) {
    if (nanos > singleNanos) {
      throw Rule.DPC_TOO_LONG.violated(
          activity.machine(),
          activity + " took " + millis(nanos) + " ms, more than its " + millis(singleNanos) + " ms",
          millis(nanos),
          millis(singleNanos));
    }
  }

  /** A thread has kept its processor for this long. */
  void checkCumulative(Activity activity, long nanos) {
    if (nanos > cumulativeNanos) {
      throw Rule.TOO_LONG_AT_DISPATCH.violated(
          activity.machine(),
          activity + " was at DISPATCH_LEVEL or above for " + millis(nanos) + " ms, more than "
              + millis(cumulativeNanos) + " ms",
          millis(cumulativeNanos));
    }
  }

  /** A spin lock, with those inside it, was held for this long. */
  void checkHold(Activity activity, MachineObject lock, long nanos) {
    if (nanos > holdNanos) {
      throw Rule.SPIN_LOCK_HELD_TOO_LONG.violated(
          activity.machine(),
          activity + " held " + lock + " for " + nanos / 1_000 + " us, more than " + holdNanos / 1_000
              + " us; the guideline is 25 us",
          lock);
    }
  }

  private static int millis(long nanos) {
    return (int) (nanos / 1_000_000);
  }
}
