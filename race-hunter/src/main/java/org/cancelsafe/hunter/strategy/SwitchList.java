package org.cancelsafe.hunter.strategy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A schedule as the changes of activity in it: whoever runs goes on, except where the list says who is next. A change
 * is known by how many steps the one before has taken, so that it keeps its place when others are left out; one that is
 * not possible any more is passed over. Who cannot go on is followed by the first who can.
 */
public final class SwitchList implements Strategy {
  private final List<Switch> switches;
  private final int[] taken = new int[Long.SIZE];

  /**
   * A change of activity.
   *
   * @param from who ran; -1 at the beginning
   * @param steps how many steps that one has taken in all
   * @param to who is next
   */
  public record Switch(int from, int steps, int to) {}

  /** A schedule with these changes. */
  public SwitchList(List<Switch> switches) {
    this.switches = List.copyOf(switches);
  }

  /** The changes of activity in a schedule. */
  public static List<Switch> of(int[] schedule) {
    List<Switch> switches = new ArrayList<>();
    int[] taken = new int[Long.SIZE];
    int last = -1;
    for (int next : schedule) {
      if (next != last) {
        switches.add(new Switch(last, last < 0 ? 0 : taken[last], next));
      }
      taken[next]++;
      last = next;
    }
    return switches;
  }

  @Override
  public boolean nextRun() {
    Arrays.fill(taken, 0);
    return true;
  }

  @Override
  public int choose(Choice choice) {
    int next = next(choice.last(), choice.enabled());
    taken[next]++;
    return next;
  }

  private int next(int last, long enabled) {
    int steps = last < 0 ? 0 : taken[last];
    for (Switch change : switches) {
      if (change.from() == last && change.steps() == steps && (enabled & (1L << change.to())) != 0) {
        return change.to();
      }
    }
    boolean goesOn = last >= 0 && (enabled & (1L << last)) != 0;
    return goesOn ? last : Long.numberOfTrailingZeros(enabled);
  }

  @Override
  public boolean isExhaustive() {
    return false;
  }
}
