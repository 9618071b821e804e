package org.cancelsafe.hunter;

import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/** How far a hunt has got, for whoever watches from another thread. */
public final class HuntProgress {
  private static final int FEWEST_TO_ESTIMATE = 500;
  private static final double NEARLY_DONE = 0.99;

  private final LongAdder schedules;
  private volatile String scenario = "";
  private volatile Phase phase = new Phase("", 0, Double.NaN);

  /** What the hunt does now, how many schedules it has run for that, and how much of it is done. */
  private record Phase(String name, long runs, double done) {}

  /** A hunt that counts its schedules here. */
  public HuntProgress(LongAdder schedules) {
    this.schedules = schedules;
  }

  /** Counts the schedules that are run. */
  public LongAdder schedules() {
    return schedules;
  }

  void begins(String scenario) {
    this.scenario = scenario;
  }

  void tell(String name, long runs, double done) {
    phase = new Phase(name, runs, done);
  }

  /** The scenario that is hunted in. */
  public String scenario() {
    return scenario;
  }

  /**
   * What is going on, in one line: the scenario, how it is gone through, how many schedules that has taken so far, and
   * an estimate of how many are left of it, with a question mark since it is one.
   */
  public String line() {
    Phase now = phase;
    if (now.name().isEmpty()) {
      return scenario;
    }
    String soFar = String.format(Locale.ROOT, "%s  %s %,d", scenario, now.name(), now.runs());
    return Double.isNaN(now.done()) || now.done() <= 0 || now.runs() < FEWEST_TO_ESTIMATE
        ? soFar
        : soFar + String.format(Locale.ROOT, ", %s more?", rounded(left(now)));
  }

  /** Nobody is told that nothing is left before it is over. */
  private static double left(Phase now) {
    return now.runs() / Math.min(NEARLY_DONE, now.done()) - now.runs();
  }

  private static String rounded(double value) {
    double unit = Math.pow(10, Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1));
    double rounded = Math.ceil(value / unit) * unit;
    return rounded < 1e9 ? String.format(Locale.ROOT, "%,.0f", rounded) : String.format(Locale.ROOT, "%.0e", rounded);
  }
}
