package org.cancelsafe.hunter.strategy;

import com.google.common.collect.Sets;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
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
    Runs.Seen brute = brute(seed, allOutcomes, false, mostSchedules);
    if (brute.runs().size() == mostSchedules) {
      return null;
    }
    if (brute.processorsScarce()) {
      brute = brute(seed, allOutcomes, true, mostSchedules);
    }
    Set<String> outcomes = new TreeSet<>();
    Runs.Seen proof = Runs.provably(RandomProgram.scenario(seed, outcomes::add), reduced);
    Runs.Seen same =
        Runs.seen(
            RandomProgram.scenario(seed, outcome -> {}),
            reduced.get(),
            brute.processorsScarce(),
            Integer.MAX_VALUE);
    return new Comparison(brute, allOutcomes, same, proof, outcomes);
  }

  private static Runs.Seen brute(long seed, Set<String> outcomes, boolean processorsMatter, int most) {
    return Runs.seen(RandomProgram.scenario(seed, outcomes::add), DepthFirst.bruteForce(), processorsMatter, most);
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
