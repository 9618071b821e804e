package org.cancelsafe.emu.machine;

/** The part of an object that a step touches. Steps on different parts of one object are independent. */
public enum Facet {
  /** The object as a whole; touches every other part too. */
  WHOLE,
  /** {@code Irp->Cancel}. */
  CANCEL,
  /** {@code Irp->CancelRoutine}. */
  CANCEL_ROUTINE;

  /** Whether steps on these two parts of one object touch something in common. */
  public boolean overlaps(Facet other) {
    return this == other || this == WHOLE || other == WHOLE;
  }
}
