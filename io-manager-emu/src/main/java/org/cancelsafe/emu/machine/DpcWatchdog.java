package org.cancelsafe.emu.machine;

import java.time.Duration;
import org.cancelsafe.emu.verifier.Rule;

/**
 * How long a processor may be kept at DISPATCH_LEVEL or above: by one DPC or ISR, and at a stretch. A real machine's
 * watchdog bites after seconds, and so does this; what it measures on a live machine is the JVM thread's time, the
 * garbage collector's and the scheduler's included.
 */
record DpcWatchdog(long singleNanos, long cumulativeNanos) {
  static final DpcWatchdog USUAL = of(Duration.ofSeconds(20), Duration.ofSeconds(120));

  static DpcWatchdog of(Duration single, Duration cumulative) {
    return new DpcWatchdog(single.toNanos(), cumulative.toNanos());
  }

  /** A DPC or an ISR has taken this long. */
  void checkSingle(Activity activity, long nanos) {
    if (nanos > singleNanos) {
      throw Rule.DPC_TOO_LONG.violated(
          activity.machine(),
          activity.whereabouts() + " took " + millis(nanos) + " ms, more than its " + millis(singleNanos) + " ms",
          millis(nanos),
          millis(singleNanos));
    }
  }

  /** A thread has kept its processor for this long. */
  void checkCumulative(Activity activity, long nanos) {
    if (nanos > cumulativeNanos) {
      throw Rule.TOO_LONG_AT_DISPATCH.violated(
          activity.machine(),
          activity.whereabouts() + " was at DISPATCH_LEVEL or above for " + millis(nanos) + " ms, more than "
              + millis(cumulativeNanos) + " ms",
          millis(cumulativeNanos));
    }
  }

  private static int millis(long nanos) {
    return (int) (nanos / 1_000_000);
  }
}
