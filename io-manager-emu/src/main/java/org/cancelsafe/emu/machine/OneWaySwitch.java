package org.cancelsafe.emu.machine;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MutableCallSite;

/**
 * A switch of this JVM that is off until it is turned on for good; to be kept in a static final field.
 *
 * <p>Compiled code takes the target of a call site that it knows for a constant, and is compiled again when that
 * changes: what is behind the switch costs nothing while it is off, not even a branch. Nobody calls the target, since a
 * compiler that would follow a method handle at each place where the switch is read soon has no more room to inline
 * what is there to be run.
 */
final class OneWaySwitch extends MutableCallSite {
  private static final MethodHandle OFF = MethodHandles.constant(boolean.class, false);
  private static final MethodHandle ON = MethodHandles.constant(boolean.class, true);

  OneWaySwitch() {
    super(OFF);
  }

  boolean isOn() {
    return getTarget() != OFF;
  }

  synchronized void turnOn() {
    if (!isOn()) {
      setTarget(ON);
      MutableCallSite.syncAll(new MutableCallSite[] {this});
    }
  }
}
