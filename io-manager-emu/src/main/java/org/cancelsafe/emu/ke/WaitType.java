package org.cancelsafe.emu.ke;

/** {@code WAIT_TYPE}: how many of several objects end a wait. */
public enum WaitType {
  /** {@code WaitAll}: all of them at once. */
  WAIT_ALL,
  /** {@code WaitAny}: the first one. */
  WAIT_ANY
}
