package org.cancelsafe.hunter.strategy;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi and Nagarakatte, ASPLOS 2010). Everybody gets a
 * random priority, and whoever has the highest of those who can go on takes the step; at {@code depth - 1} steps chosen
 * at random, whoever would take it falls below all others. With n activities and k steps a run finds any bug of this
 * depth with a probability of at least 1/(n k^(depth-1)). Depth 1 is an order of activities, 2 one preemption at the
 * right place, 3 two.
 *
 * <p>Where it differs from the paper: k is not given but the most that any run of the rounds before has had, and the
 * first run is therefore one of depth 1; only steps count at which there is a choice; an activity that is made later
 * gets a random place among the others. That somebody who polls starves the rest is prevented by the machine, which
 * lets another go first after very many steps in a row.
 */
public final class Pct implements Sampler {
  private final int depth;
  private final Seeds seeds;
  private final long[] priority = new long[Long.SIZE];
  private final long[] changes;
  private SplittableRandom random = new SplittableRandom(0);
  private long known;
  private int steps;
  private int longest;
  private long round;
  private int mostSteps;

  /** Runs for bugs of this depth, from this seed. */
  public Pct(int depth, long seed) {
    if (depth < 1) {
      throw new IllegalArgumentException("the depth is 1 or more, not " + depth);
    }
    this.depth = depth;
    this.seeds = new Seeds(seed);
    this.changes = new long[depth - 1];
  }

  @Override
  public void goTo(long run) {
    seeds.goTo(run);
  }

  @Override
  public boolean nextRun() {
    learn(steps);
    steps = 0;
    random = seeds.next();
    if (Long.highestOneBit(seeds.run()) != round) {
      round = Long.highestOneBit(seeds.run());
      mostSteps = longest;
    }
    known = 0;
    Arrays.fill(changes, -1);
    for (int i = 0; i < changes.length && i < mostSteps; i++) {
      changes[i] = newChange();
    }
    return true;
  }

  @Override
  public int longest() {
    return Math.max(longest, steps);
  }

  @Override
  public void learn(int steps) {
    longest = Math.max(longest, steps);
  }

  private long newChange() {
    while (true) {
      long step = 1 + random.nextInt(mostSteps);
      if (Arrays.stream(changes).noneMatch(change -> change == step)) {
        return step;
      }
    }
  }

  @Override
  public int choose(Choice choice) {
    long enabled = choice.enabled();
    drawFor(enabled & ~known);
    if (Long.bitCount(enabled) > 1) {
      steps++;
      for (int i = 0; i < changes.length; i++) {
        if (changes[i] == steps) {
          priority[highest(enabled)] = depth - 2 - i;
        }
      }
    }
    return highest(enabled);
  }

  /** Above all that a change of priority leads to. */
  private void drawFor(long newcomers) {
    for (long rest = newcomers; rest != 0; rest &= rest - 1) {
      priority[Long.numberOfTrailingZeros(rest)] = depth + (random.nextLong() >>> 2);
    }
    known |= newcomers;
  }

  private int highest(long enabled) {
    int best = Long.numberOfTrailingZeros(enabled);
    for (long rest = enabled; rest != 0; rest &= rest - 1) {
      int candidate = Long.numberOfTrailingZeros(rest);
      best = priority[candidate] > priority[best] ? candidate : best;
    }
    return best;
  }
}
