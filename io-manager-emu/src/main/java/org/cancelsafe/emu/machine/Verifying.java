package org.cancelsafe.emu.machine;

/** Whether any machine of this JVM ever verified. Where none did, what the verifier wants to know costs nothing. */
public final class Verifying {
  private static final OneWaySwitch SWITCH = new OneWaySwitch();

  private Verifying() {}

  /** Whether some machine verifies, and so the caller's may. */
  public static boolean isOn() {
    return SWITCH.isOn();
  }

  static void turnOn() {
    SWITCH.turnOn();
  }
}
