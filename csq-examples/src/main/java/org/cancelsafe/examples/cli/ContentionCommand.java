package org.cancelsafe.examples.cli;

import com.google.common.base.Strings;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.cancelsafe.examples.systems.Contention;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code csq contention}. */
@Command(
    name = "contention",
    description = "Measures the hottest lock in the system on real threads: one driver with the system's cancel spin "
        + "lock, and with a cancel-safe queue.",
    mixinStandardHelpOptions = true)
final class ContentionCommand implements Callable<Integer> {
  private static final int NAME = 20;
  private static final int FIGURE = 22;

  @Spec private CommandSpec spec;

  @Option(names = "--threads", paramLabel = "N", description = "how many threads, each with a device of its own")
  private int threads = Math.max(2, Runtime.getRuntime().availableProcessors());

  @Option(names = "--seconds", paramLabel = "N", description = "how long for each design (default 2)")
  private int seconds = 2;

  @Override
  public Integer call() {
    if (threads < 1 || seconds < 1) {
      throw new ParameterException(spec.commandLine(), "--threads and --seconds are 1 or more");
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%d threads, each with a device of its own; one read in 8 is cancelled%n%n", threads);
    out.println(row("design", "reads/s", "cancel lock waits", "queue lock waits"));
    out.println(row("", "", "per 1000 reads", "per 1000 reads"));
    for (Contention.Result result : new Contention(threads, Duration.ofSeconds(seconds)).measure()) {
      out.println(
          row(
              result.design(),
              String.format("%,.0f", result.perSecond()),
              String.format("%.2f", result.cancelLockWaits()),
              String.format("%.2f", result.queueLockWaits())));
    }
    out.flush();
    return 0;
  }

  private static String row(String design, String reads, String cancelLock, String queueLock) {
    return Strings.padEnd(design, NAME, ' ')
        + Strings.padStart(reads, FIGURE, ' ')
        + Strings.padStart(cancelLock, FIGURE, ' ')
        + Strings.padStart(queueLock, FIGURE, ' ');
  }
}
