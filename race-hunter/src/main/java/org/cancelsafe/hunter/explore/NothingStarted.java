package org.cancelsafe.hunter.explore;

/** A model in which nothing ever runs: whatever is said of its schedules is said of nothing. */
public final class NothingStarted extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** About a model that has set up, and come to its end. */
  public NothingStarted() {
    super(
        "the model starts nothing, so there is nothing to hunt in: start what races with machine.startThread, queue a"
            + " DPC or set a timer");
  }
}
