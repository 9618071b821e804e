package org.cancelsafe.hunter.explore;

/** A run took more steps than any run should. */
public final class NoProgress extends Error {
  private static final long serialVersionUID = 1L;

  NoProgress(int steps) {
    super("no end after " + steps + " steps: somebody goes round in circles");
  }
}
