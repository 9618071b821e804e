package org.cancelsafe.examples.drivers;

import org.cancelsafe.emu.io.Irp;

/** What scenarios assert. */
public final class Expect {
  private Expect() {}

  /** That this holds. */
  public static void that(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }

  /** That every one of these has been completed, and does not sit in a queue that nobody looks at. */
  public static void completed(Irp... irps) {
    for (Irp irp : irps) {
      that(irp.userIosb().status() != null, irp + " is still pending, and nobody is left who would complete it");
    }
  }
}
