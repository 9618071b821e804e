package org.cancelsafe.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs the benchmarks once and prints how ours compare with their baselines. A figure is the median of its iterations.
 * The ratio of the best iterations stands beside: they are short, and on a busy computer the median tells more about
 * its other users, who slow ours down more than the baselines, which mostly wait for their own atomic instructions.
 */
public final class Ratios {
  private static final String NO_TARGET = "-";
  private static final String ROW = "%-44s %10s %10s %8s %8s %8s %8s%n";

  private final Collection<RunResult> results;

  private Ratios(Collection<RunResult> results) {
    this.results = results;
  }

  /** Takes JVM arguments for the measured JVMs; without any, those of the benchmarks' own annotations. */
  public static void main(String[] jvmArgs) throws RunnerException {
    OptionsBuilder options = new OptionsBuilder();
    options.include(HandOver.class.getName()).include(RandomCancel.class.getName()).addProfiler(GCProfiler.class);
    if (jvmArgs.length > 0) {
      options.jvmArgs(jvmArgs);
    }
    new Ratios(new Runner(options.build()).run()).print();
  }

  private void print() {
    System.out.printf(ROW, "operation, ns/op", "ours", "baseline", "ratio", "best", "target", "B/op");
    row("insert, remove next", "insertRemoveNext", "lockedAddPoll", "", "1.5");
    row("same; the protocol alone", "protocolInsertRemoveNext", "lockedAddPoll", "", NO_TARGET);
    row("insert, cancel", "insertCancel", "lockedAddRemove", "", "1.5");
    row("same; the protocol alone", "protocolInsertCancel", "lockedAddRemove", "", NO_TARGET);
    row("insert, cancel; baseline completes too", "insertCancel", "lockedAddRemoveComplete", "", NO_TARGET);
    row("insert, remove next, complete", "insertRemoveNextComplete", "lockedAddPoll", "", NO_TARGET);
    row("insert, remove next; 2 threads", "contendedInsertRemoveNext", "contendedLockedAddPoll", "", NO_TARGET);
    row("insert, cancel; 2 threads", "contendedInsertCancel", "contendedLockedAddRemove", "", NO_TARGET);
    List<String> depths = List.of("10", "1000", "100000", "1000000");
    for (String depth : depths) {
      boolean deepest = depth.equals(depths.get(depths.size() - 1));
      row("cancel any of " + depth, "cancelAny", "lockedRemoveAny", depth, deepest ? "0.5" : NO_TARGET);
      row("same; baseline completes too", "cancelAny", "lockedCancelAny", depth, NO_TARGET);
    }
  }

  private void row(String operation, String ours, String baseline, String depth, String target) {
    double[] mine = scores(result(ours, depth));
    double[] theirs = scores(result(baseline, depth));
    System.out.printf(
        ROW,
        operation,
        number("%.1f", median(mine)),
        number("%.1f", median(theirs)),
        number("%.2f", median(mine) / median(theirs)),
        number("%.2f", mine[0] / theirs[0]),
        target,
        number("%.1f", allocated(result(ours, depth))));
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private RunResult result(String benchmark, String depth) {
    for (RunResult result : results) {
      String param = result.getParams().getParam("depth");
      boolean same = result.getParams().getBenchmark().endsWith("." + benchmark);
      if (same && (depth.isEmpty() || depth.equals(param))) {
        return result;
      }
    }
    throw new IllegalStateException("no result of " + benchmark);
  }

  private static double[] scores(RunResult result) {
    List<Double> scores = new ArrayList<>();
    for (BenchmarkResult fork : result.getBenchmarkResults()) {
      for (IterationResult iteration : fork.getIterationResults()) {
        scores.add(iteration.getPrimaryResult().getScore());
      }
    }
    return scores.stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }

  private static double median(double[] sorted) {
    return DoubleStream.of(sorted).skip((sorted.length - 1) / 2).findFirst().orElse(Double.NaN);
  }

  private static double allocated(RunResult result) {
    Result<?> bytes = result.getSecondaryResults().get("gc.alloc.rate.norm");
    return bytes == null ? Double.NaN : bytes.getScore();
  }
}
