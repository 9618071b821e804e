package org.cancelsafe.emu.verifier;

import org.jspecify.annotations.Nullable;

/** Something that a bug check stops: the machine. */
public interface StopsOnBugCheck {
  /** Everything on it comes to an end; the first bug check is the one that counts. */
  void stop(BugCheck bugCheck);

  /** How much it checks. */
  default Verifier verifier() {
    return Verifier.STANDARD;
  }

  /** Who runs on it now; null when no driver does. */
  default @Nullable Circumstances circumstances() {
    return null;
  }
}
