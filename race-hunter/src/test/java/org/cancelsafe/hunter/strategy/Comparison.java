package org.cancelsafe.hunter.strategy;

import com.google.common.collect.Sets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/**
 * What brute force and a reduced search see of one random program, and what a hunt would prove of it.
 *
 * <p>Where some schedule lacks a processor, both searches compared count on that. A hunt counts on it only when it has
 * seen it, and may have run the schedule in an equivalent order that shows no lack: so its classes can be fewer, and
 * of several who wait for ever it may name another; the rules it finds broken and the outcomes are the same.
 */
record Comparison(
    Runs.Seen brute, Set<String> bruteOutcomes, Runs.Seen reduced, Runs.Seen proof, Set<String> proofOutcomes) {
  /** A random program that tells the outcome of each run that ends well. */
  @FunctionalInterface
  interface Program {
    Scenario scenario(Consumer<String> outcomes);
  }

  /** The comparison; null when the program has more schedules than that, or when even brute force leaves some out. */
  static @Nullable Comparison of(Program program, Supplier<Strategy> reduced, int mostSchedules) {
    Set<String> allOutcomes = new TreeSet<>();
    Runs.Seen brute = brute(program, allOutcomes, List.of(), mostSchedules);
    if (brute.runs().size() == mostSchedules || brute.runs().stream().anyMatch(run -> run.leftOut() != null)) {
      return null;
    }
    List<RunResult> lessons = brute.runs();
    if (brute.teaches()) {
      brute = brute(program, allOutcomes, lessons, mostSchedules);
    }
    Set<String> outcomes = new TreeSet<>();
    Runs.Seen proof = Runs.provably(program.scenario(outcomes::add), reduced);
    Runs.Seen same =
        Runs.seen(
            program.scenario(outcome -> {}),
            reduced.get(),
            lessons,
            Integer.MAX_VALUE);
    return new Comparison(brute, allOutcomes, same, proof, outcomes);
  }

  private static Runs.Seen brute(Program program, Set<String> outcomes, List<RunResult> lessons, int most) {
    return Runs.seen(program.scenario(outcomes::add), DepthFirst.bruteForce(), lessons, most);
  }

  Set<String> lostClasses() {
    return Sets.difference(brute.classes(), reduced.classes());
  }

  Set<String> inventedClasses() {
    return Sets.difference(reduced.classes(), brute.classes());
  }

  boolean isRight() {
    return brute.classes().equals(reduced.classes()) && brute.rulesBroken().equals(proof.rulesBroken());
  }
}
