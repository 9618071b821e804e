package org.cancelsafe.emu.machine;

/**
 * Whether any machine of this JVM ever had its steps scheduled. Where every machine is live and without noise, the seam
 * costs nothing.
 */
public final class Stepping {
  private static final OneWaySwitch SWITCH = new OneWaySwitch();

  private Stepping() {}

  /** Whether some machine's steps are scheduled, and so the caller's may be. */
  public static boolean isOn() {
    return SWITCH.isOn();
  }

  static void turnOn() {
    SWITCH.turnOn();
  }
}
