package org.cancelsafe.hunter.strategy;

import java.util.Arrays;

/**
 * Stateless depth-first search of every schedule. Under a bound it is the search of CHESS (Musuvathi and Qadeer, PLDI
 * 2007): every schedule that costs no more. It knows no sleep sets: they assume that a branch was explored to the end,
 * and under a bound would lose schedules.
 */
public final class DepthFirst extends Backtracking {
  private static final int NO_BOUND = Integer.MAX_VALUE;

  private final int bound;
  private final SwitchCost cost;

  private long[] todo = new long[chosen.length];
  private int[] width = new int[chosen.length];
  private int[] spent = new int[chosen.length];
  private int depth;
  private int spentSoFar;
  private boolean cutByBound;

  private DepthFirst(int bound, SwitchCost cost, int[] given, int floor) {
    super(given, floor);
    this.bound = bound;
    this.cost = cost;
  }

  /** Every schedule that costs at most this much. */
  public static DepthFirst bounded(int bound, SwitchCost cost) {
    return new DepthFirst(bound, cost, NOTHING, 0);
  }

  /** Every schedule; what the others are checked against. */
  public static DepthFirst bruteForce() {
    return bounded(NO_BOUND, SwitchCost.PREEMPTIONS);
  }

  /** Of the schedules of this search those that begin like this. */
  public DepthFirst below(int[] prefix) {
    return new DepthFirst(bound, cost, prefix.clone(), prefix.length);
  }

  /** The rest of this search from this schedule on, which is the first one. */
  public DepthFirst from(int[] schedule) {
    return new DepthFirst(bound, cost, schedule.clone(), 0);
  }

  @Override
  void runBegins() {
    depth = 0;
  }

  @Override
  long leave(int node) {
    todo[node] &= ~(1L << chosen[node]);
    return todo[node];
  }

  @Override
  public int choose(Choice choice) {
    long enabled = choice.enabled();
    if (depth == nodes && !addNode(choice)) {
      return PRUNE;
    }
    int node = depth++;
    int next = chosen[node];
    spentSoFar = spent[node] + cost.of(choice.last(), next, enabled);
    return next;
  }

  private boolean addNode(Choice choice) {
    long affordable = affordable(choice);
    if (affordable == 0) {
      return false;
    }
    int first = addNode(choice, affordable);
    int node = nodes - 1;
    todo[node] = affordable & ~Bits.before(chosen[node], first, affordable);
    width[node] = Long.bitCount(affordable);
    spent[node] = spentSoFar;
    return true;
  }

  private long affordable(Choice choice) {
    long enabled = choice.enabled();
    long affordable = 0;
    for (long rest = enabled; rest != 0; rest &= rest - 1) {
      int candidate = Long.numberOfTrailingZeros(rest);
      if (bound == NO_BOUND || spentSoFar + cost.of(choice.last(), candidate, enabled) <= bound) {
        affordable |= 1L << candidate;
      } else {
        cutByBound = true;
      }
    }
    return affordable;
  }

  @Override
  void grow(int size) {
    super.grow(size);
    todo = Arrays.copyOf(todo, size);
    width = Arrays.copyOf(width, size);
    spent = Arrays.copyOf(spent, size);
  }

  @Override
  public double progress() {
    double share = 1;
    double done = begun ? 0 : Double.NaN;
    for (int node = 0; node < nodes; node++) {
      share /= width[node];
      done += share * (width[node] - Long.bitCount(todo[node]));
    }
    return begun && nodes == 0 ? 1 : done;
  }

  @Override
  public boolean isExhaustive() {
    return !cutByBound;
  }
}
