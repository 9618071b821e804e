package org.cancelsafe.emu.verifier;

/** How much a machine checks. */
public enum Verifier {
  /** Only what the kernel itself would stop for. */
  OFF,
  /** Driver Verifier's checks too. */
  STANDARD
}
