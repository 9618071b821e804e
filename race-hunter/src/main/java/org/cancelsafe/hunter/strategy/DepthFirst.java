package org.cancelsafe.hunter.strategy;

import java.util.Arrays;

/**
 * Stateless depth-first search: each run repeats the choices of the one before up to the deepest place where something
 * is left to try. Whoever took the last step goes on while it can, so the first runs switch least.
 *
 * <p>Under a bound it is the search of CHESS (Musuvathi and Qadeer, PLDI 2007): every schedule that costs no more. It
 * then runs without sleep sets, which assume that a branch was explored to the end, and would lose schedules.
 *
 * <p>Without a bound it uses sleep sets (Godefroid): having explored an activity's step at a node, it does not take
 * that step first in the node's other branches until something dependent on it has happened. Every inequivalent
 * schedule is still seen.
 */
public final class DepthFirst implements Strategy {
  private static final int NO_BOUND = Integer.MAX_VALUE;

  private final int bound;
  private final SwitchCost cost;
  private final boolean sleepSets;

  private int[] chosen = new int[256];
  private long[] todo = new long[256];
  private long[] sleep = new long[256];
  private int[] spent = new int[256];
  private int nodes;
  private int depth;
  private long sleepOfNext;
  private int spentSoFar;
  private boolean begun;
  private boolean cutByBound;

  private DepthFirst(int bound, SwitchCost cost, boolean sleepSets) {
    this.bound = bound;
    this.cost = cost;
    this.sleepSets = sleepSets;
  }

  /** Every schedule that costs at most this much. */
  public static DepthFirst bounded(int bound, SwitchCost cost) {
    return new DepthFirst(bound, cost, false);
  }

  /** Every inequivalent schedule. */
  public static DepthFirst unbounded() {
    return new DepthFirst(NO_BOUND, SwitchCost.PREEMPTIONS, true);
  }

  /** Every schedule; what the others are checked against. */
  public static DepthFirst bruteForce() {
    return new DepthFirst(NO_BOUND, SwitchCost.PREEMPTIONS, false);
  }

  @Override
  public boolean nextRun() {
    depth = 0;
    spentSoFar = 0;
    sleepOfNext = 0;
    if (!begun) {
      begun = true;
      return true;
    }
    while (nodes > 0) {
      int node = nodes - 1;
      sleep[node] |= 1L << chosen[node];
      todo[node] &= ~(1L << chosen[node]);
      if (sleepSets) {
        todo[node] &= ~sleep[node];
      }
      if (todo[node] != 0) {
        chosen[node] = Long.numberOfTrailingZeros(todo[node]);
        return true;
      }
      nodes--;
    }
    return false;
  }

  @Override
  public int choose(Choice choice) {
    long enabled = choice.enabled();
    if (depth == nodes && !addNode(choice, enabled)) {
      return PRUNE;
    }
    int node = depth++;
    int next = chosen[node];
    spentSoFar = spent[node] + cost.of(choice.last(), next, enabled);
    if (depth == nodes && sleepSets) {
      sleepOfNext = stillAsleep(sleep[node] & enabled, next, choice);
    }
    return next;
  }

  private boolean addNode(Choice choice, long enabled) {
    long candidates = sleepSets ? enabled & ~sleepOfNext : enabled;
    int last = choice.last();
    long affordable = 0;
    for (long rest = candidates; rest != 0; rest &= rest - 1) {
      int candidate = Long.numberOfTrailingZeros(rest);
      if (bound == NO_BOUND || spentSoFar + cost.of(last, candidate, enabled) <= bound) {
        affordable |= 1L << candidate;
      } else {
        cutByBound = true;
      }
    }
    if (affordable == 0) {
      return false;
    }
    if (nodes == chosen.length) {
      grow();
    }
    boolean goOn = last >= 0 && (affordable & (1L << last)) != 0;
    chosen[nodes] = goOn ? last : Long.numberOfTrailingZeros(affordable);
    todo[nodes] = affordable;
    sleep[nodes] = sleepSets ? sleepOfNext : 0;
    spent[nodes] = spentSoFar;
    nodes++;
    return true;
  }

  private static long stillAsleep(long asleep, int taken, Choice choice) {
    long still = 0;
    for (long rest = asleep & ~(1L << taken); rest != 0; rest &= rest - 1) {
      int sleeper = Long.numberOfTrailingZeros(rest);
      if (choice.independent(sleeper, taken)) {
        still |= 1L << sleeper;
      }
    }
    return still;
  }

  private void grow() {
    int size = chosen.length * 2;
    chosen = Arrays.copyOf(chosen, size);
    todo = Arrays.copyOf(todo, size);
    sleep = Arrays.copyOf(sleep, size);
    spent = Arrays.copyOf(spent, size);
  }

  @Override
  public boolean isExhaustive() {
    return !cutByBound;
  }
}
