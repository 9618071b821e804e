package org.cancelsafe.hunter.strategy;

import com.google.common.collect.Sets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.cancelsafe.hunter.explore.RunResult;
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
  /** The comparison; null when the program has more schedules than that. */
  static @Nullable Comparison of(long seed, Supplier<Strategy> reduced, int mostSchedules) {
    Set<String> allOutcomes = new TreeSet<>();
    Runs.Seen brute = brute(seed, allOutcomes, List.of(), mostSchedules);
    if (brute.runs().size() == mostSchedules) {
      return null;
    }
    List<RunResult> lessons = brute.runs();
    if (brute.teaches()) {
      brute = brute(seed, allOutcomes, lessons, mostSchedules);
    }
    Set<String> outcomes = new TreeSet<>();
    Runs.Seen proof = Runs.provably(RandomProgram.scenario(seed, outcomes::add), reduced);
    Runs.Seen same =
        Runs.seen(
            RandomProgram.scenario(seed, outcome -> {}),
            reduced.get(),
            lessons,
            Integer.MAX_VALUE);
    return new Comparison(brute, allOutcomes, same, proof, outcomes);
  }

  private static Runs.Seen brute(long seed, Set<String> outcomes, List<RunResult> lessons, int most) {
    return Runs.seen(RandomProgram.scenario(seed, outcomes::add), DepthFirst.bruteForce(), lessons, most);
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
