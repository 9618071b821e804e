package org.cancelsafe.hunter;

import static java.util.Objects.requireNonNullElse;

import org.cancelsafe.hunter.explore.Explorer;
import org.cancelsafe.hunter.explore.NoProgress;
import org.jspecify.annotations.Nullable;

/**
 * Looks now and then whether an explorer gets on. Model code that waits for something of the JVM at two looks in a row,
 * in the same run, waits for ever: its run is ended. A run that does not end for a long time is not worth waiting for;
 * where it sleeps, it is woken, so that its thread ends soon.
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
  @Nullable Throwable look(Thread carrier) {
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
    return ++looks > MOST_LOOKS ? silent(requireNonNullElse(explorer.running(), carrier)) : null;
  }

  private NoProgress silent(Thread running) {
    StackTraceElement[] stack = running.getStackTrace();
    NoProgress stuck =
        new NoProgress(
            "one run of " + explorer.scenario() + " did not end in " + MOST_LOOKS * INTERVAL_MILLIS / 1000
                + " s: model code loops or blocks outside the machine" + Whereabouts.inWords(stack));
    stuck.setStackTrace(stack);
    explorer.abandon();
    explorer.end(stuck);
    return stuck;
  }
}
