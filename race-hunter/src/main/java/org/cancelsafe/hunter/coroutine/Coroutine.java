package org.cancelsafe.hunter.coroutine;

/** A body that can be left in the middle and entered again there. */
public interface Coroutine {
  /** Whether the body has run to its end. */
  boolean isDone();
}
