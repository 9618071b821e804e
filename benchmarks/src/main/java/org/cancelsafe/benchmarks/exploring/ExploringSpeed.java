package org.cancelsafe.benchmarks.exploring;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.CountDownLatch;
import org.cancelsafe.emu.machine.Carrier;
import org.cancelsafe.hunter.coroutine.Switcher;
import org.cancelsafe.hunter.coroutine.Switchers;
import org.cancelsafe.hunter.explore.Explorer;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.strategy.SourceDpor;
import org.cancelsafe.hunter.strategy.Strategy;

/**
 * How many complete schedules a second source-DPOR runs on one core, exploring the same scenario to its end again and
 * again; and how many switches a second the fallback to threads makes.
 */
public final class ExploringSpeed {
  private static final int ROUNDS = 6;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private ExploringSpeed() {}

  /** Takes the seconds of one round, 1 without. */
  public static void main(String[] arguments) throws InterruptedException {
    double seconds = arguments.length > 0 ? Double.parseDouble(arguments[0]) : 1;
    System.out.printf(
        "JDK %s, continuations: %s%n", System.getProperty("java.version"), Switchers.isFast() ? "yes" : "no");
    System.out.printf(
        "%-26s %12s %12s %14s %14s %8s%n", "", "schedules/s", "best", "per CPU second", "switches/s", "classes");
    onCarrier(() -> measure("one IRP, three threads", QueueScenarios.oneIrp(), seconds, Switchers.create()));
    onCarrier(() -> measure("two IRPs, four threads", QueueScenarios.twoIrps(), seconds, Switchers.create()));
    onCarrier(
        () -> measure("one IRP, by threads", QueueScenarios.oneIrp(), seconds, Switchers.createWithThreads()));
  }

  private static void onCarrier(Runnable body) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    new Carrier(
            "exploring",
            () -> {
              try {
                body.run();
              } finally {
                done.countDown();
              }
            })
        .start();
    done.await();
  }

  private static void measure(String name, Scenario scenario, double seconds, Switcher switcher) {
    try (Explorer explorer = new Explorer(scenario)) {
      explorer.open(switcher);
      Round best = new Round();
      Round last = new Round();
      for (int i = 0; i < ROUNDS; i++) {
        last = new Round();
        last.run(explorer, seconds);
        best = last.schedulesPerSecond() > best.schedulesPerSecond() ? last : best;
      }
      System.out.printf(
          "%-26s %,12.0f %,12.0f %,14.0f %,14.0f %8d%n",
          name,
          last.schedulesPerSecond(),
          best.schedulesPerSecond(),
          best.complete / best.cpuSeconds,
          last.switches / last.seconds,
          last.classes);
    }
  }

  private static final class Round {
    private long complete;
    private long switches;
    private int classes;
    private double seconds = 1;
    private double cpuSeconds = 1;

    void run(Explorer explorer, double atLeast) {
      long started = System.nanoTime();
      long cpuStarted = THREADS.getCurrentThreadCpuTime();
      do {
        explore(explorer);
        seconds = (System.nanoTime() - started) / 1e9;
      } while (seconds < atLeast);
      cpuSeconds = (THREADS.getCurrentThreadCpuTime() - cpuStarted) / 1e9;
    }

    private void explore(Explorer explorer) {
      Strategy strategy = new SourceDpor();
      classes = 0;
      while (strategy.nextRun()) {
        RunResult result = explorer.run(strategy);
        if (result.finding() != null) {
          throw new IllegalStateException(result.finding().message(), result.finding().cause());
        }
        switches += result.switches();
        classes += result.pruned() ? 0 : 1;
      }
      complete += classes;
    }

    double schedulesPerSecond() {
      return complete / seconds;
    }
  }
}
