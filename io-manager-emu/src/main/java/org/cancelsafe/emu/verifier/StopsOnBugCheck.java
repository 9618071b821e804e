package org.cancelsafe.emu.verifier;

/** Something that a bug check stops: the machine. */
public interface StopsOnBugCheck {
  /** Everything on it comes to an end; the first bug check is the one that counts. */
  void stop(BugCheck bugCheck);
}
