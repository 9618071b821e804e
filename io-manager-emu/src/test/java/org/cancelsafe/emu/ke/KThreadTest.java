package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class KThreadTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void whoWaitsForAThreadSeesAllItDid(int processors) {
    onProcessors(
        processors,
        machine -> {
          int[] made = new int[1];
          KEvent go = new KEvent("go", KEvent.Type.NOTIFICATION_EVENT, false);
          KThread thread =
              KThread.createSystemThread(
                  machine,
                  "worker",
                  () -> {
                    go.waitForSingleObject();
                    made[0] = 7;
                  });
          assertFalse(thread.waitForSingleObject(0));
          go.set();
          thread.waitForSingleObject();
          assertEquals(7, made[0]);
          assertTrue(thread.waitForSingleObject(0));
        });
  }

  @Test
  void nullIsRefusedWhereItIsGiven() {
    onMachine(
        machine ->
            assertThrows(NullPointerException.class, () -> KThread.createSystemThread(machine, "T", null)));
  }
}
