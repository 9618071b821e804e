package org.cancelsafe.hunter.strategy;

/** One given schedule: a replay. When it does not fit, the run is given up. */
public final class Recorded implements Strategy {
  private final int[] schedule;
  private int position;
  private boolean begun;
  private boolean diverged;

  /** Replays these choices, then lets whoever runs go on. */
  public Recorded(int[] schedule) {
    this.schedule = schedule.clone();
  }

  @Override
  public boolean nextRun() {
    boolean first = !begun;
    begun = true;
    return first;
  }

  @Override
  public int choose(Choice choice) {
    if (position == schedule.length) {
      return Plainest.goOn(choice);
    }
    int next = schedule[position];
    if ((choice.enabled() & (1L << next)) == 0) {
      diverged = true;
      return PRUNE;
    }
    position++;
    return next;
  }

  /** Whether some choice was not possible. */
  public boolean hasDiverged() {
    return diverged;
  }

  /** Whether every choice was used up. */
  public boolean isUsedUp() {
    return position == schedule.length;
  }

  /** Who is to take the next step. */
  public int next() {
    return schedule[position];
  }

  /** The number of the next choice, counted from 1. */
  public int position() {
    return position + 1;
  }

  @Override
  public boolean isExhaustive() {
    return false;
  }
}
