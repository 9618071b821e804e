package org.cancelsafe.emu.machine;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MutableCallSite;

/**
 * Whether any machine of this JVM ever verified, or had its steps scheduled. Where none did, the seam between a
 * primitive and its machine costs nothing: what is behind it is for machines that want to know.
 *
 * <p>It opens once, for good. Compiled code takes the target of a call site that it knows for a constant, and is
 * compiled again when that changes: not even a branch is left while the seam is closed. Nobody calls the target. What a
 * compiler reads at each place counts towards the size up to which it inlines, and beyond that a spin lock costs twice
 * as much; so it is read as seldom as may be, once for all that one routine has to tell, and in the shortest way.
 */
public final class Seam {
  private static final MethodHandle CLOSED = MethodHandles.constant(boolean.class, false);
  private static final MethodHandle OPEN = MethodHandles.constant(boolean.class, true);
  private static final MutableCallSite STATE = new MutableCallSite(CLOSED);

  private Seam() {}

  /** Whether some machine verifies or is scheduled, and so the caller's may be. */
  public static boolean isOpen() {
    return STATE.getTarget() != CLOSED;
  }

  static synchronized void open() {
    if (!isOpen()) {
      STATE.setTarget(OPEN);
      MutableCallSite.syncAll(new MutableCallSite[] {STATE});
    }
  }
}
