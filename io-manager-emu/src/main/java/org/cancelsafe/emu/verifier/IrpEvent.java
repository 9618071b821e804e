package org.cancelsafe.emu.verifier;

/**
 * Something that happened to an IRP.
 *
 * @param what the routine, or what was done to which field
 * @param activity who did it
 * @param irql the name of the IRQL it was done at
 */
public record IrpEvent(String what, String activity, String irql) {
  @Override
  public String toString() {
    return what + " by " + activity + " at " + irql;
  }
}
