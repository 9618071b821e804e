package org.cancelsafe.hunter;

import org.cancelsafe.hunter.explore.Explorer;
import org.jspecify.annotations.Nullable;

/**
 * Looks now and then whether an explorer gets on. Model code that waits for something of the JVM at two looks in a row,
 * in the same run, waits for ever: its run is ended. A run that does not end for a long time is not worth waiting for.
 */
final class Watch {
  static final long INTERVAL_MILLIS = 500;
  private static final int MOST_LOOKS = 20;
  private static final int LOOKS_AFTER_END = 4;

  private final Explorer explorer;
  private long runs = -1;
  private int looks;
  private @Nullable IllegalStateException blocked;
  private int looksSinceEnd;

  Watch(Explorer explorer) {
    this.explorer = explorer;
  }

  /** Looks; returns what keeps the explorer from going on, when it is not to be waited for any more. */
  @Nullable IllegalStateException look(Thread carrier) {
    if (looksSinceEnd > 0) {
      return ++looksSinceEnd > LOOKS_AFTER_END ? blocked : null;
    }
    if (explorer.runs() != runs) {
      runs = explorer.runs();
      looks = 0;
      blocked = null;
    }
    IllegalStateException before = blocked;
    blocked = explorer.blocked();
    if (blocked != null && before != null && String.valueOf(blocked.getMessage()).equals(before.getMessage())) {
      explorer.end(blocked);
      looksSinceEnd = 1;
    }
    return ++looks > MOST_LOOKS ? silent(carrier) : null;
  }

  private IllegalStateException silent(Thread carrier) {
    IllegalStateException stuck =
        new IllegalStateException(
            "one run of " + explorer.scenario() + " did not end in " + MOST_LOOKS * INTERVAL_MILLIS / 1000
                + " s: model code loops or blocks outside the machine");
    stuck.setStackTrace(carrier.getStackTrace());
    return stuck;
  }
}
