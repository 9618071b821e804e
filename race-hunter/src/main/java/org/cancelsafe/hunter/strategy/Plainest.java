package org.cancelsafe.hunter.strategy;

/** The schedule in which nobody is interrupted, twice: the second time it must be the same. */
public final class Plainest implements Strategy {
  private int runs;
  private int steps;
  private int stepsBefore;

  /** A strategy that has not begun. */
  public Plainest() {}

  @Override
  public boolean nextRun() {
    stepsBefore = steps;
    steps = 0;
    return runs++ == 0 || runs == 2 && stepsBefore > 0;
  }

  @Override
  public int repeated() {
    return Math.max(stepsBefore - 1, 0);
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
