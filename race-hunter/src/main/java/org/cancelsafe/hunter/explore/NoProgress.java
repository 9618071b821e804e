package org.cancelsafe.hunter.explore;

/** A run that should have come to its end did not. */
public final class NoProgress extends Error {
  private static final long serialVersionUID = 1L;

  /** No end in sight, in these words. */
  public NoProgress(String message) {
    super(message);
  }
}
