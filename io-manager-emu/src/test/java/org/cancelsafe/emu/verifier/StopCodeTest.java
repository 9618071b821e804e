package org.cancelsafe.emu.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class StopCodeTest {
  @Test
  void aStopCodeIsTheSameInEveryRun() {
    Runnable routine = () -> {};
    BugCheck bugCheck = new BugCheck(Rule.CANCEL_LOCK_HELD, "", List.of("IRP#1", routine, 16));
    assertEquals("0x11B DRIVER_RETURNED_HOLDING_CANCEL_LOCK (IRP#1, Runnable, 0x10)", bugCheck.stopCode());
  }
}
