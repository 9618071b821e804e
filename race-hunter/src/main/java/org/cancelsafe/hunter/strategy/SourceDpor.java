package org.cancelsafe.hunter.strategy;

import java.util.Arrays;
import java.util.function.Function;

/**
 * Every inequivalent schedule, most of them once: source-DPOR with sleep sets (Abdulla, Aronis, Jonsson and Sagonas,
 * POPL 2014, algorithm 1), stateless and without a bound.
 *
 * <p>At first a node of the search has one activity to try. When two steps of a run turn out to race, the node of the
 * earlier one gets somebody to try who leads to the later one going first: one of the <em>initials</em> of the steps
 * that do not depend on the earlier one, unless such a one is there already, or asleep. The classic choice, the
 * activity of the later step itself, does not go with sleep sets: where it sleeps, the race that would have added the
 * right one is never seen.
 *
 * <p>Having tried an activity's step at a node, the search does not take that step first in the node's other branches
 * until something dependent on it has happened. A run in which everybody who can go on sleeps is redundant, and given
 * up.
 *
 * <p>A run that something went wrong in has been cut off: its last step counts as dependent on whatever anybody else
 * could have done instead.
 */
public final class SourceDpor implements Strategy {
  private static final long NOBODY = 0;
  private static final long EVERYBODY = -1;

  private final Events events;
  private final BacktrackRule rule;

  /** Of those who can go on at a new node, whom to try there whatever races with what. */
  private final long atFirst;

  private int[] given = new int[0];

  private int[] chosen = new int[256];
  private long[] backtrack = new long[256];
  private long[] done = new long[256];
  private long[] fatal = new long[256];
  private long[] sleep = new long[256];
  private int nodes;
  private long sleepOfNext;
  private boolean begun;

  /** Whom to try at the node of the earlier of two steps that race. */
  @FunctionalInterface
  interface BacktrackRule {
    /**
     * As bit sets, who is to be tried besides.
     *
     * @param initials who leads to the later step going first
     * @param covered who is tried anyway, or asleep
     * @param enabled who can go on there
     * @param later who takes the later step
     */
    long toTry(long initials, long covered, long enabled, int later);
  }

  /** A search that has not begun. */
  public SourceDpor() {
    this(NOBODY);
  }

  private SourceDpor(long atFirst) {
    this.events = new Events(this::race);
    this.rule = SourceDpor::oneInitial;
    this.atFirst = atFirst;
  }

  SourceDpor(Function<Events.RaceSink, Events> events, BacktrackRule rule) {
    this.events = events.apply(this::race);
    this.rule = rule;
    this.atFirst = NOBODY;
  }

  /** Sleep sets and nothing else: whoever is awake at a node is tried there. For the top of a tree that is split. */
  public static SourceDpor expandingAll() {
    return new SourceDpor(EVERYBODY);
  }

  /**
   * Of the classes that {@link #expandingAll} would see, those whose schedules begin like this. At the nodes of the
   * prefix whoever comes before the chosen one sleeps, since somebody else explores that branch to its end, and whoever
   * comes after it is tried elsewhere; so no race needs to add anything there.
   */
  public static SourceDpor below(int[] prefix) {
    SourceDpor search = new SourceDpor();
    search.given = prefix.clone();
    return search;
  }

  @Override
  public boolean nextRun() {
    events.beginRun();
    sleepOfNext = 0;
    if (!begun) {
      begun = true;
      return true;
    }
    while (nodes > given.length) {
      int node = nodes - 1;
      done[node] |= 1L << chosen[node];
      long left = backtrack[node] & ~done[node] & ~sleep[node];
      if (left != 0) {
        chosen[node] = Long.numberOfTrailingZeros(left);
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
    events.meet(choice);
    int node = events.length();
    if (node < nodes - 1) {
      events.again();
      return chosen[node];
    }
    if (node == nodes && !addNode(choice)) {
      events.allAsleep(choice);
      return PRUNE;
    }
    int next = chosen[node];
    sleepOfNext = stillAsleep(sleep[node] | done[node] & ~fatal[node], next, choice);
    events.add(choice, next);
    return next;
  }

  private boolean addNode(Choice choice) {
    long candidates = choice.enabled() & ~sleepOfNext;
    if (candidates == 0) {
      return false;
    }
    if (nodes == chosen.length) {
      grow();
    }
    int last = choice.last();
    boolean goOn = last >= 0 && (candidates & (1L << last)) != 0;
    int first = goOn ? last : Long.numberOfTrailingZeros(candidates);
    chosen[nodes] = nodes < given.length ? given[nodes] : first;
    backtrack[nodes] = 1L << chosen[nodes] | candidates & atFirst;
    done[nodes] = Bits.before(chosen[nodes], first, candidates);
    fatal[nodes] = 0;
    sleep[nodes] = sleepOfNext;
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

  private void race(int earlier, long initials, int later) {
    long covered = backtrack[earlier] | sleep[earlier];
    backtrack[earlier] |= rule.toTry(initials, covered, events.enabled(earlier), later);
  }

  static long oneInitial(long initials, long covered, long enabled, int later) {
    if ((initials & covered) != 0) {
      return 0;
    }
    long possible = initials & enabled;
    long itself = possible & (1L << later);
    return itself != 0 ? itself : Long.lowestOneBit(possible);
  }

  @Override
  public void atRest(Choice choice) {
    events.rest(choice);
  }

  @Override
  public void stopped(Choice choice) {
    if (!events.isAtRest()) {
      int last = events.length() - 1;
      fatal[last] |= 1L << chosen[last];
      backtrack[last] |= events.enabled(last);
      events.stopped(choice);
    }
  }

  private void grow() {
    int size = chosen.length * 2;
    chosen = Arrays.copyOf(chosen, size);
    backtrack = Arrays.copyOf(backtrack, size);
    done = Arrays.copyOf(done, size);
    fatal = Arrays.copyOf(fatal, size);
    sleep = Arrays.copyOf(sleep, size);
  }

  /** More branches may turn out to be needed, so that this goes back now and then. */
  @Override
  public double progress() {
    double share = 1;
    double sum = begun ? 0 : Double.NaN;
    for (int node = 0; node < nodes; node++) {
      int tried = Long.bitCount(done[node]);
      int width = Math.max(tried + 1, Long.bitCount((backtrack[node] | done[node]) & ~sleep[node]));
      share /= width;
      sum += share * tried;
    }
    return begun && nodes == 0 ? 1 : sum;
  }

  @Override
  public boolean isExhaustive() {
    return true;
  }
}
