package org.cancelsafe.examples.cli;

import java.util.concurrent.atomic.LongAdder;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** A line that lives, on standard error, when that is a terminal: scenarios done, schedules per second, time. */
final class Progress implements AutoCloseable {
  private static final int LENGTH = 100;
  private static final int UPDATE_MILLIS = 200;

  private final LongAdder schedules = new LongAdder();
  private final long started = System.nanoTime();
  private final @Nullable ProgressBar bar;

  private Progress(@Nullable ProgressBar bar) {
    this.bar = bar;
  }

  /** A line for so many scenarios; the launcher knows whether there is a terminal. */
  static Progress of(String what, int scenarios) {
    return new Progress(Boolean.getBoolean("csq.terminal") ? bar(what, scenarios) : null);
  }

  private static ProgressBar bar(String what, int scenarios) {
    return new ProgressBarBuilder()
        .setTaskName(what)
        .setInitialMax(scenarios)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(UPDATE_MILLIS)
        .setConsumer(new ConsoleProgressBarConsumer(System.err, LENGTH))
        .clearDisplayOnFinish()
        .build();
  }

  /** Counts the schedules that were run. */
  LongAdder schedules() {
    return schedules;
  }

  void scenarioDone() {
    if (bar != null) {
      double seconds = (System.nanoTime() - started) / 1e9;
      bar.setExtraMessage(String.format(" %,.0f schedules/s", schedules.sum() / seconds));
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
