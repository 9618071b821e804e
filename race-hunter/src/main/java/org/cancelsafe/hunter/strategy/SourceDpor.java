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
public final class SourceDpor extends Backtracking {
  private static final long NOBODY = 0;
  private static final long EVERYBODY = -1;

  private final Events events;
  private final BacktrackRule rule;

  /** Of those who can go on at a new node, whom to try there whatever races with what. */
  private final long atFirst;

  private long[] backtrack = new long[chosen.length];
  private long[] done = new long[chosen.length];
  private long[] fatal = new long[chosen.length];
  private long[] sleep = new long[chosen.length];
  private long sleepOfNext;

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
    this(NOBODY, NOTHING);
  }

  private SourceDpor(long atFirst, int[] prefix) {
    super(prefix, prefix.length);
    this.events = new Events(this::race);
    this.rule = SourceDpor::oneInitial;
    this.atFirst = atFirst;
  }

  SourceDpor(Function<Events.RaceSink, Events> events, BacktrackRule rule) {
    super(NOTHING, 0);
    this.events = events.apply(this::race);
    this.rule = rule;
    this.atFirst = NOBODY;
  }

  /** Sleep sets and nothing else: whoever is awake at a node is tried there. For the top of a tree that is split. */
  public static SourceDpor expandingAll() {
    return new SourceDpor(EVERYBODY, NOTHING);
  }

  /**
   * Of the classes that {@link #expandingAll} would see, those whose schedules begin like this. At the nodes of the
   * prefix whoever comes before the chosen one sleeps, since somebody else explores that branch to its end, and whoever
   * comes after it is tried elsewhere; so no race needs to add anything there.
   */
  public static SourceDpor below(int[] prefix) {
    return new SourceDpor(NOBODY, prefix.clone());
  }

  @Override
  void runBegins() {
    events.beginRun();
  }

  @Override
  long leave(int node) {
    done[node] |= 1L << chosen[node];
    return backtrack[node] & ~done[node] & ~sleep[node];
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
    int first = addNode(choice, candidates);
    int node = nodes - 1;
    backtrack[node] = 1L << chosen[node] | candidates & atFirst;
    done[node] = Bits.before(chosen[node], first, candidates);
    fatal[node] = 0;
    sleep[node] = sleepOfNext;
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

  @Override
  void grow(int size) {
    super.grow(size);
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
