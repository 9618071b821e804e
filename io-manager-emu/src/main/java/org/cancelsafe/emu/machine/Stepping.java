package org.cancelsafe.emu.machine;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MutableCallSite;

/**
 * Whether any machine of this JVM ever had its steps scheduled. It is off until it is turned on for good, and compiled
 * code takes it for a constant, to be compiled again when it changes: where every machine is live and without noise,
 * the seam costs nothing, not even a branch.
 */
public final class Stepping {
  private static final MutableCallSite SITE = new MutableCallSite(MethodHandles.constant(boolean.class, false));
  private static final MethodHandle IS_ON = SITE.dynamicInvoker();

  private Stepping() {}

  /** Whether some machine's steps are scheduled, and so the caller's may be. */
  public static boolean isOn() {
    try {
      return (boolean) IS_ON.invokeExact();
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static synchronized void turnOn() {
    if (!isOn()) {
      SITE.setTarget(MethodHandles.constant(boolean.class, true));
      MutableCallSite.syncAll(new MutableCallSite[] {SITE});
    }
  }
}
