package org.cancelsafe.hunter.strategy;

import java.util.Arrays;

/**
 * Stateless depth-first search: each run repeats the choices of the one before up to the deepest place where something
 * is left to try. Whoever took the last step goes on while it can, so the first runs switch least.
 *
 * <p>Under a bound it is the search of CHESS (Musuvathi and Qadeer, PLDI 2007): every schedule that costs no more. It
 * knows no sleep sets: they assume that a branch was explored to the end, and under a bound would lose schedules.
 */
public final class DepthFirst implements Strategy {
  private static final int NO_BOUND = Integer.MAX_VALUE;
  private static final int[] NOTHING = {};

  private final int bound;
  private final SwitchCost cost;
  private final int floor;
  private int[] given;

  private int[] chosen = new int[256];
  private long[] todo = new long[256];
  private int[] width = new int[256];
  private int[] spent = new int[256];
  private int nodes;
  private int depth;
  private int spentSoFar;
  private boolean begun;
  private boolean cutByBound;

  private DepthFirst(int bound, SwitchCost cost, int[] given, int floor) {
    this.bound = bound;
    this.cost = cost;
    this.given = given;
    this.floor = floor;
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
  public boolean nextRun() {
    depth = 0;
    spentSoFar = 0;
    if (!begun) {
      begun = true;
      return true;
    }
    given = NOTHING;
    while (nodes > floor) {
      int node = nodes - 1;
      todo[node] &= ~(1L << chosen[node]);
      if (todo[node] != 0) {
        chosen[node] = Long.numberOfTrailingZeros(todo[node]);
        return true;
      }
      nodes--;
    }
    return false;
  }

  @Override
  public int repeated() {
    return Math.max(nodes - 1, 0);
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
    return next;
  }

  private boolean addNode(Choice choice, long enabled) {
    int last = choice.last();
    long affordable = 0;
    for (long rest = enabled; rest != 0; rest &= rest - 1) {
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
    int first = goOn ? last : Long.numberOfTrailingZeros(affordable);
    chosen[nodes] = nodes < given.length ? given[nodes] : first;
    todo[nodes] = affordable & ~Bits.before(chosen[nodes], first, affordable);
    width[nodes] = Long.bitCount(affordable);
    spent[nodes] = spentSoFar;
    nodes++;
    return true;
  }

  private void grow() {
    int size = chosen.length * 2;
    chosen = Arrays.copyOf(chosen, size);
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
