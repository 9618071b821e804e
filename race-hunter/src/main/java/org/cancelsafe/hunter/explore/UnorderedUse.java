package org.cancelsafe.hunter.explore;

import org.cancelsafe.emu.machine.MachineObject;
import org.jspecify.annotations.Nullable;

/** An IRP was used in time, and nothing but chance kept somebody else from completing it before. */
public final class UnorderedUse extends Error {
  private static final long serialVersionUID = 1L;

  private final transient MachineObject object;
  private final @Nullable String useSite;
  private final @Nullable String endSite;

  UnorderedUse(String message, MachineObject object, @Nullable String useSite, @Nullable String endSite) {
    super(message, null, false, false);
    this.object = object;
    this.useSite = useSite;
    this.endSite = endSite;
  }

  /** What was used. */
  public MachineObject object() {
    return object;
  }

  /** Where it was used, in a recorded run. */
  public @Nullable String useSite() {
    return useSite;
  }

  /** Where it was completed or freed, in a recorded run. */
  public @Nullable String endSite() {
    return endSite;
  }
}
