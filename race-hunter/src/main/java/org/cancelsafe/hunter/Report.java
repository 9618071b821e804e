package org.cancelsafe.hunter;

import java.time.Duration;
import java.util.Locale;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Expectation;
import org.cancelsafe.hunter.strategy.Estimate;
import org.cancelsafe.hunter.trace.Trace;
import org.jspecify.annotations.Nullable;

/**
 * What came of hunting in one scenario.
 *
 * @param scenario the scenario
 * @param verdict the verdict
 * @param finding what was found: of a race or an error, otherwise null
 * @param how how the verdict was reached, in words
 * @param schedules how many schedules were run
 * @param counterexample of a race found by exploring, otherwise null
 * @param time how long the search took; what is loaded once in the life of the JVM, before its first search, is not in
 *     it
 * @param coverage how much of what there is was seen, as far as it was counted
 * @param sample what was drawn at random, if anything was
 */
public record Report(
    Scenario scenario,
    Verdict verdict,
    @Nullable Finding finding,
    String how,
    long schedules,
    @Nullable Counterexample counterexample,
    Duration time,
    Coverage coverage,
    @Nullable Sample sample) {

  /** A report of a hunt that drew nothing at random. */
  public Report(
      Scenario scenario,
      Verdict verdict,
      @Nullable Finding finding,
      String how,
      long schedules,
      @Nullable Counterexample counterexample,
      Duration time,
      Coverage coverage) {
    this(scenario, verdict, finding, how, schedules, counterexample, time, coverage, null);
  }

  /** A report of a hunt that counted no classes. */
  public Report(
      Scenario scenario,
      Verdict verdict,
      @Nullable Finding finding,
      String how,
      long schedules,
      @Nullable Counterexample counterexample,
      Duration time) {
    this(scenario, verdict, finding, how, schedules, counterexample, time, Coverage.NONE);
  }

  /**
   * How much a search that leaves out equivalent schedules has seen. Two schedules are equivalent when one becomes the
   * other by swapping neighbouring steps that do not depend on each other; a class is all that are equivalent.
   *
   * @param classes how many classes were seen: of each, one schedule was run to its end
   * @param redundant how many runs were given up because they would only have shown a class again
   * @param complete whether there are no other classes
   */
  public record Coverage(long classes, long redundant, boolean complete) {
    /** Nothing was counted. */
    public static final Coverage NONE = new Coverage(0, 0, false);

    /** One run more. */
    Coverage plus(boolean isRedundant) {
      return new Coverage(classes + (isRedundant ? 0 : 1), redundant + (isRedundant ? 1 : 0), complete);
    }

    Coverage completed() {
      return new Coverage(classes, redundant, true);
    }

    @Override
    public String toString() {
      return classes + (classes == 1 ? " class" : " classes") + (complete ? ", all there are" : " so far")
          + (redundant == 0 ? "" : ", and " + redundant + " redundant run" + (redundant == 1 ? "" : "s"));
    }
  }

  /**
   * Schedules that were drawn at random, because there are too many to go through, or because that was asked for.
   *
   * @param strategy how they were drawn
   * @param seed from which seed
   * @param runs how many
   * @param classes how many different classes they belong to
   * @param classesInAll how many classes there are at least, judged by how many were seen only once or twice
   * @param schedulesInAll how many schedules there are
   */
  public record Sample(
      String strategy, long seed, long runs, long classes, Estimate classesInAll, Estimate schedulesInAll) {
    @Override
    public String toString() {
      String kinds = classesInAll.isKnown() ? ", by estimate at least " + classesInAll.atLeast() : "";
      String all = schedulesInAll.isKnown() ? ", of " + schedulesInAll + " schedules" : "";
      return String.format(
          Locale.ROOT, "%,d drawn by %s, seed %d: %,d classes%s%s", runs, strategy, seed, classes, kinds, all);
    }
  }

  /**
   * A schedule that goes wrong.
   *
   * @param replay what replays it
   * @param preemptions how often it interrupts somebody who could have gone on
   * @param switches how often it changes the activity
   * @param trace what it does
   */
  public record Counterexample(ReplayString replay, int preemptions, int switches, Trace trace) {}

  /** The same, reached in another way. */
  Report foundBy(String other) {
    return new Report(scenario, verdict, finding, other, schedules, counterexample, time, coverage, sample);
  }

  /** The rule that was broken; empty when none was. */
  public String rule() {
    return finding == null ? "" : finding.rule();
  }

  /**
   * Whether this is what the scenario's author expected. The rule counts for the smallest counterexample, which
   * exploring finds; on live threads the same mistake may break another one first.
   */
  public boolean isAsExpected() {
    if (scenario.expectation() == Expectation.RACE) {
      boolean expectedRule = scenario.rule().isEmpty() || scenario.rule().equals(rule());
      return verdict == Verdict.RACE && (expectedRule || counterexample == null);
    }
    return verdict == Verdict.VERIFIED || verdict == Verdict.CLEAN_WITHIN_BUDGET;
  }
}
