package org.cancelsafe.emu.machine;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MutableCallSite;

/**
 * A flag that is off until it is turned on for good. Compiled code takes its value for a constant, and is thrown away
 * when it changes: asking costs nothing, not even a branch.
 */
final class OneWaySwitch {
  private final MutableCallSite site = new MutableCallSite(MethodHandles.constant(boolean.class, false));
  private boolean on;

  /** What asks, for a static final field of the asker. */
  MethodHandle asker() {
    return site.dynamicInvoker();
  }

  synchronized void turnOn() {
    if (on) {
      return;
    }
    on = true;
    site.setTarget(MethodHandles.constant(boolean.class, true));
    MutableCallSite.syncAll(new MutableCallSite[] {site});
  }
}
