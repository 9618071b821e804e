package org.cancelsafe.hunter.explore;

import org.cancelsafe.emu.machine.MachineObject;

/** An IRP was used in time, and nothing but chance kept somebody else from completing it before. */
final class UnorderedUse extends Error {
  private static final long serialVersionUID = 1L;

  private final transient MachineObject object;

  UnorderedUse(String message, MachineObject object) {
    super(message, null, false, false);
    this.object = object;
  }

  /** What was used. */
  MachineObject object() {
    return object;
  }
}
