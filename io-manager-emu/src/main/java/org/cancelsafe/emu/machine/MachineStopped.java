package org.cancelsafe.emu.machine;

/** Unwinds an activity of a machine that has stopped. Model code neither catches nor sees it. */
public final class MachineStopped extends Error {
  private static final long serialVersionUID = 1L;

  /** The machine has stopped. */
  public MachineStopped() {
    super("the machine has stopped", null, false, false);
  }
}
