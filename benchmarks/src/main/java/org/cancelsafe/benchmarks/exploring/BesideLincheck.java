package org.cancelsafe.benchmarks.exploring;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.Verdict;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;

/**
 * The same race for this hunter and for Lincheck's model checker, each in a JVM of its own: how long from the start of
 * the JVM to the first bug of R3b, how long R4 takes to be exhausted, and how many of its schedules are run a second.
 * The first search of a JVM loads the classes, and its code is interpreted; so the next two are timed besides.
 */
public final class BesideLincheck {
  private static final int INVOCATIONS = 2_000;

  private BesideLincheck() {}

  /** Without arguments runs every row in a JVM of its own; with one, that row. */
  public static void main(String[] rows) throws IOException, InterruptedException {
    if (rows.length == 0) {
      for (String row : List.of("R3b", "R4", "R3b-lincheck", "R4-lincheck")) {
        inOwnJvm(row);
      }
      return;
    }
    switch (rows[0]) {
      case "R3b" -> firstBug();
      case "R4" -> exhausted();
      case "R3b-lincheck" -> lincheck("R3b", () -> PlainRace.testsCancelBeforeArming());
      case "R4-lincheck" -> lincheck("R4", () -> PlainRace.correct());
      default -> throw new IllegalArgumentException("no row is called " + rows[0]);
    }
  }

  private static void inOwnJvm(String row) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.add("-XX:+UseSerialGC");
    command.addAll(List.of("-XX:+EnableDynamicAgentLoading", "--add-exports", "java.base/jdk.internal.vm=ALL-UNNAMED"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), BesideLincheck.class.getName(), row));
    new ProcessBuilder(command)
        .redirectOutput(ProcessBuilder.Redirect.INHERIT)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  private static double secondsOfThisJvm() {
    return (System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime()) / 1e3;
  }

  private static void firstBug() {
    Report report = Hunter.explore(BrokenQueue.scenario());
    expect(report.verdict() == Verdict.RACE && report.isAsExpected(), report);
    System.out.printf(
        "R3b  cancelsafe  first bug, minimised and explained, %.2f s after the start of the JVM; %d schedules%n",
        secondsOfThisJvm(), report.schedules());
  }

  private static void exhausted() {
    Report report = Hunter.explore(QueueScenarios.oneIrp());
    double seconds = secondsOfThisJvm();
    expect(report.verdict() == Verdict.VERIFIED, report);
    System.out.printf(
        "R4   cancelsafe  exhausted in %.3f s of search by the first search of the JVM, %.2f s after its start; %s%n",
        searched(report), seconds, report.coverage());
    Report second = Hunter.explore(QueueScenarios.oneIrp());
    Report third = Hunter.explore(QueueScenarios.oneIrp());
    System.out.printf(
        "R4   cancelsafe  exhausted in %.3f s of search by the second search of the JVM, %.3f s by the third%n",
        searched(second), searched(third));
  }

  private static double searched(Report report) {
    return report.time().toNanos() / 1e9;
  }

  private static void expect(boolean condition, Report report) {
    if (!condition) {
      throw new IllegalStateException("not as expected: " + report.verdict() + ", " + report.how());
    }
  }

  /**
   * Lincheck restores what its schedules change, so they cannot be counted from inside; and it rewrites classes as they
   * are loaded, so the race comes as a lambda: a method reference would load its class too early.
   */
  private static void lincheck(String row, Runnable race) {
    long started = System.nanoTime();
    try {
      Lincheck.runConcurrentTest(INVOCATIONS, race);
      double seconds = (System.nanoTime() - started) / 1e9;
      System.out.printf(
          "%-4s lincheck    no bug in %d schedules, %.2f s after the start of the JVM; %,.0f schedules/s%n",
          row, INVOCATIONS, secondsOfThisJvm(), INVOCATIONS / seconds);
    } catch (LincheckAssertionError e) {
      System.out.printf("%-4s lincheck    first bug %.2f s after the start of the JVM%n", row, secondsOfThisJvm());
    }
  }
}
