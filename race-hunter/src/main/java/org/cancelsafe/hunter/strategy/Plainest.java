package org.cancelsafe.hunter.strategy;

/** The schedule in which nobody is interrupted, again and again: it must be the same each time. */
public final class Plainest implements Strategy {
  private int steps;
  private int stepsBefore;

  /** A strategy that has not begun. */
  public Plainest() {}

  @Override
  public boolean nextRun() {
    stepsBefore = steps;
    steps = 0;
    return true;
  }

  @Override
  public int repeated() {
    return stepsBefore - 1;
  }

  @Override
  public int choose(Choice choice) {
    steps++;
    return goOn(choice);
  }

  /** Whoever took the last step if that one can go on, or else the first who can. */
  static int goOn(Choice choice) {
    int last = choice.last();
    return last >= 0 && (choice.enabled() & (1L << last)) != 0 ? last : Long.numberOfTrailingZeros(choice.enabled());
  }

  @Override
  public boolean isExhaustive() {
    return false;
  }
}
