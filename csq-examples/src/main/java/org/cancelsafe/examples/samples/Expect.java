package org.cancelsafe.examples.samples;

import org.cancelsafe.emu.io.Irp;

/** What the scenarios of this package assert. */
final class Expect {
  private Expect() {}

  static void that(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }

  /** That every one of these has been completed, and does not sit in a queue that nobody looks at. */
  static void completed(Irp... irps) {
    for (Irp irp : irps) {
      that(irp.userIosb().status() != null, irp + " is still pending, and nobody is left who would complete it");
    }
  }
}
