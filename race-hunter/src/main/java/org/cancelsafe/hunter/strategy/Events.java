package org.cancelsafe.hunter.strategy;

import java.util.Arrays;

/**
 * The steps of one run, and which of them happened before which: those of one activity in their order, what makes an
 * activity before what it does, and dependent steps in the order in which they were taken.
 *
 * <p>Two steps <em>race</em> when they are dependent, no chain of other steps leads from the first to the second, and
 * the second could have come first. That last condition is decided by what was seen, never by the kind of the step: if
 * the activity had announced the second step when the first one was taken, whether it could have taken it then is
 * known; if not, whether the object would have let somebody pass may be. Where it could not, the step looks further
 * back. So an acquire does not race with the release before it, while the lock was held, but with the acquire that
 * opened that critical section; a wait with whatever last shut the event; a step of a thread that had no processor with
 * the step that took the last one away.
 *
 * <p>Who cannot go on at the end of a run has never taken its step, so its races are looked for there; also at the end
 * of a run that is given up, where somebody may wait because of a step that was taken only in this one.
 */
class Events {
  private static final int MOST_ACTIVITIES = 64;

  private final RaceSink races;
  private int length;
  private int restAt;
  private int known;
  private final int[] lastOf = new int[MOST_ACTIVITIES];
  private final int[] madeAfter = new int[MOST_ACTIVITIES];

  private int[] task = new int[256];
  private int[] own = new int[256];
  private long[] footprint = new long[256];
  private long[] enabled = new long[256];
  private boolean[] open = new boolean[256];
  private int[][] clock = new int[256][];
  private int width = 8;

  private final int[] firstTask = new int[MOST_ACTIVITIES];
  private final int[] firstOwn = new int[MOST_ACTIVITIES];
  private int[] past = new int[width];

  /** Is told of races. */
  interface RaceSink {
    /**
     * A step races with a later one.
     *
     * @param earlier the number of the earlier step
     * @param initials who could go first, instead of it, in a run that takes the later step before it
     * @param later who takes the later step
     */
    void race(int earlier, long initials, int later);
  }

  Events(RaceSink races) {
    this.races = races;
  }

  void beginRun() {
    length = 0;
    restAt = 0;
    known = 0;
    Arrays.fill(lastOf, -1);
  }

  int length() {
    return length;
  }

  long enabled(int event) {
    return enabled[event];
  }

  /** New activities were made by the last step, or, at the beginning and at rest, by nobody. */
  void meet(Choice choice) {
    int activities = choice.activities();
    while (known < activities) {
      madeAfter[known++] = length - 1;
    }
    if (activities > width) {
      widen();
    }
  }

  /** The next step is the same as in the run before. */
  void again() {
    lastOf[task[length]] = length;
    length++;
  }

  /** This activity takes its next step. */
  void add(Choice choice, int activity) {
    if (length == task.length) {
      grow();
    }
    int event = length;
    long mine = choice.footprint(activity);
    boolean lookedFurther = findRaces(activity, mine);
    if (lookedFurther) {
      joinAllBefore(mine);
    }
    if (clock[event] == null) {
      clock[event] = new int[width];
    }
    System.arraycopy(past, 0, clock[event], 0, width);
    own[event] = lastOf[activity] < 0 ? 1 : own[lastOf[activity]] + 1;
    clock[event][activity] = own[event];
    task[event] = activity;
    footprint[event] = mine;
    enabled[event] = choice.enabled();
    open[event] = choice.isOpen(activity);
    lastOf[activity] = event;
    length++;
  }

  /** Nobody can go on: who waits races with those because of whom it does. */
  void rest(Choice choice) {
    meet(choice);
    waiters(choice, choice.unfinished());
    restAt = length;
  }

  /** Whoever can go on is asleep, and those who wait do not take their steps in this run. */
  void allAsleep(Choice choice) {
    waiters(choice, choice.unfinished() & ~choice.enabled());
  }

  /**
   * The last step has stopped the run, and so made everything else impossible: it depends on whatever was done before
   * it, and those who wait never go on.
   */
  void stopped(Choice choice) {
    meet(choice);
    int event = --length;
    int activity = task[event];
    int previous = event - 1;
    while (previous >= 0 && task[previous] != activity) {
      previous--;
    }
    lastOf[activity] = previous;
    findRaces(activity, Footprint.exclusive(footprint[event]));
    lastOf[activity] = event;
    length++;
    waiters(choice, choice.unfinished() & ~enabled[event]);
  }

  boolean isAtRest() {
    return length == restAt;
  }

  /** These can never take their next step in this run. */
  private void waiters(Choice choice, long waiters) {
    for (long rest = waiters; rest != 0; rest &= rest - 1) {
      int waiter = Long.numberOfTrailingZeros(rest);
      findRaces(waiter, choice.footprint(waiter));
    }
  }

  /** Leaves in {@link #past} what happened before the step; returns whether some steps it depends on are missing. */
  private boolean findRaces(int activity, long mine) {
    recall(activity);
    boolean lookedFurther = false;
    for (int event = length - 1; event >= restAt; event--) {
      int other = task[event];
      if (past[other] >= own[event] || !Footprint.dependent(footprint[event], mine)) {
        continue;
      }
      Possible possible = possibleBefore(event, activity, mine);
      if (possible != Possible.NO) {
        races.race(event, initials(event, activity, mine), activity);
      }
      if (possible == Possible.YES) {
        join(clock[event]);
      } else {
        lookedFurther = true;
      }
    }
    return lookedFurther;
  }

  /** What happened before the next step of this activity because of what it did, and who made it. */
  private void recall(int activity) {
    int last = lastOf[activity] >= 0 ? lastOf[activity] : madeAfter[activity];
    if (last >= restAt) {
      System.arraycopy(clock[last], 0, past, 0, width);
    } else {
      Arrays.fill(past, 0);
    }
  }

  /** An answer. */
  enum Possible {
    YES,
    NO,
    PERHAPS
  }

  /** Whether the activity could have taken its step instead of this event. */
  Possible possibleBefore(int event, int activity, long mine) {
    int announced = lastOf[activity] >= 0 ? lastOf[activity] : madeAfter[activity];
    if (announced < event) {
      return (enabled[event] & (1L << activity)) != 0 ? Possible.YES : Possible.NO;
    }
    if (!Footprint.waits(mine)) {
      return Possible.YES;
    }
    if (Footprint.waitsAsOthers(mine) && Footprint.object(mine) == Footprint.object(footprint[event])) {
      return open[event] ? Possible.YES : Possible.NO;
    }
    return Possible.PERHAPS;
  }

  /**
   * Who takes a first step, with nothing before it, in the sequence of those after the event that do not depend on it,
   * with the later step at its end.
   */
  private long initials(int event, int later, long mine) {
    long initials = 0;
    long seen = 0;
    int count = 0;
    boolean laterIsInitial = true;
    for (int next = event + 1; next < length; next++) {
      if (happenedBefore(event, next)) {
        continue;
      }
      int activity = task[next];
      laterIsInitial &= !Footprint.dependent(footprint[next], mine);
      if ((seen & (1L << activity)) != 0) {
        continue;
      }
      if (!anyOfTheFirst(count, clock[next])) {
        initials |= 1L << activity;
      }
      seen |= 1L << activity;
      firstTask[count] = activity;
      firstOwn[count++] = own[next];
    }
    boolean isFirst = laterIsInitial && (seen & (1L << later)) == 0;
    return isFirst ? initials | 1L << later : initials;
  }

  private boolean anyOfTheFirst(int count, int[] before) {
    for (int i = 0; i < count; i++) {
      if (before[firstTask[i]] >= firstOwn[i]) {
        return true;
      }
    }
    return false;
  }

  private boolean happenedBefore(int event, int later) {
    return clock[later][task[event]] >= own[event];
  }

  private void joinAllBefore(long mine) {
    for (int event = length - 1; event >= restAt; event--) {
      if (past[task[event]] < own[event] && Footprint.dependent(footprint[event], mine)) {
        join(clock[event]);
      }
    }
  }

  private void join(int[] other) {
    for (int i = 0; i < known; i++) {
      if (other[i] > past[i]) {
        past[i] = other[i];
      }
    }
  }

  private void widen() {
    while (width < known) {
      width *= 2;
    }
    past = new int[width];
    for (int event = 0; event < clock.length; event++) {
      clock[event] = clock[event] == null ? null : Arrays.copyOf(clock[event], width);
    }
  }

  private void grow() {
    int size = task.length * 2;
    task = Arrays.copyOf(task, size);
    own = Arrays.copyOf(own, size);
    footprint = Arrays.copyOf(footprint, size);
    enabled = Arrays.copyOf(enabled, size);
    open = Arrays.copyOf(open, size);
    clock = Arrays.copyOf(clock, size);
  }
}
