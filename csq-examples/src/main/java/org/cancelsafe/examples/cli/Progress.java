package org.cancelsafe.examples.cli;

import java.util.Deque;
import java.util.Locale;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.LongAdder;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressState;
import org.cancelsafe.hunter.HuntProgress;
import org.jspecify.annotations.Nullable;

/**
 * A line that lives, on standard error, when that is a terminal: scenarios done, schedules per second, and what goes on
 * in the scenario that was begun first.
 */
final class Progress implements AutoCloseable {
  private static final int LENGTH = 118;
  private static final int UPDATE_MILLIS = 200;

  private final LongAdder schedules = new LongAdder();
  private final Deque<HuntProgress> hunts = new ConcurrentLinkedDeque<>();
  private final long started = System.nanoTime();
  private final @Nullable ProgressBar bar;

  private Progress(String what, int scenarios, boolean shown) {
    this.bar = shown ? bar(what, scenarios) : null;
  }

  /** A line for so many scenarios; the launcher knows whether there is a terminal. */
  static Progress of(String what, int scenarios) {
    return new Progress(what, scenarios, Boolean.getBoolean("csq.terminal"));
  }

  private ProgressBar bar(String what, int scenarios) {
    return new ProgressBarBuilder()
        .setTaskName(what)
        .setInitialMax(scenarios)
        .setUpdateIntervalMillis(UPDATE_MILLIS)
        .setRenderer((state, length) -> line(state, Math.min(length, LENGTH)))
        .setConsumer(new ConsoleProgressBarConsumer(System.err, LENGTH))
        .clearDisplayOnFinish()
        .build();
  }

  private String line(ProgressState state, int length) {
    return line(state.getTaskName(), state.getCurrent(), state.getMax(), length);
  }

  /** The line as it is now. */
  String line(String what, long done, long all, int length) {
    double seconds = Math.max(1e-3, (System.nanoTime() - started) / 1e9);
    HuntProgress first = hunts.peekFirst();
    String line =
        String.format(
            Locale.ROOT,
            "%s %d/%d  %,.0f schedules/s  %s",
            what,
            done,
            all,
            schedules.sum() / seconds,
            first == null ? "" : first.line());
    return line.length() <= length ? line.stripTrailing() : line.substring(0, Math.max(0, length));
  }

  /** Counts the schedules that were run. */
  LongAdder schedules() {
    return schedules;
  }

  /** A scenario is begun. */
  HuntProgress begin() {
    HuntProgress hunt = new HuntProgress(schedules);
    hunts.addLast(hunt);
    return hunt;
  }

  /** It is done. */
  void done(HuntProgress hunt) {
    hunts.remove(hunt);
    scenarioDone();
  }

  void scenarioDone() {
    if (bar != null) {
      bar.step();
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
