package org.cancelsafe.emu.ported;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.ke.KEvent.Type.NOTIFICATION_EVENT;
import static org.cancelsafe.emu.ke.KEvent.Type.SYNCHRONIZATION_EVENT;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Events: the state before each call, the state after it, and the IRQL, which no call but one changes. */
@Timeout(60)
class EventsTest {
  private static final int WAITERS = 4;

  @ParameterizedTest
  @CsvSource({
    "NOTIFICATION_EVENT, PASSIVE_LEVEL",
    "NOTIFICATION_EVENT, APC_LEVEL",
    "NOTIFICATION_EVENT, DISPATCH_LEVEL",
    "SYNCHRONIZATION_EVENT, PASSIVE_LEVEL",
    "SYNCHRONIZATION_EVENT, APC_LEVEL",
    "SYNCHRONIZATION_EVENT, DISPATCH_LEVEL"
  })
  void eachCallTellsTheStateBefore(KEvent.Type type, Irql irql) {
    onMachine(
        machine -> {
          Irql old = Ke.raiseIrql(irql);
          KEvent event = new KEvent("E", type, false);
          assertFalse(event.readState());
          assertFalse(event.waitForSingleObject(0));
          assertFalse(event.set(0, false));
          assertTrue(event.readState());
          assertTrue(event.set(0, false));
          assertTrue(event.reset());
          assertFalse(event.readState());
          assertFalse(event.reset());
          assertFalse(event.pulse(0, false));
          assertFalse(event.readState(), "a pulse nobody waits for is lost");
          event.set();
          assertTrue(event.pulse(0, false));
          assertFalse(event.readState(), "a pulse leaves it not signaled");
          event.set();
          event.clear();
          assertFalse(event.readState());
          event.set();
          assertTrue(event.waitForSingleObject(0));
          assertEquals(type == NOTIFICATION_EVENT, event.readState(), "whether the wait has reset it");
          assertEquals(type == NOTIFICATION_EVENT, event.waitForSingleObject(0));
          assertEquals(irql, Ke.getCurrentIrql());
          Ke.lowerIrql(old);
        });
  }

  @ParameterizedTest
  @EnumSource(KEvent.Type.class)
  void bornSignaled(KEvent.Type type) {
    onMachine(
        machine -> {
          KEvent event = new KEvent("E", type, true);
          assertTrue(event.readState());
          assertTrue(event.set());
          event.waitForSingleObject();
          assertEquals(type == NOTIFICATION_EVENT, event.reset());
        });
  }

  @ParameterizedTest
  @CsvSource({"PASSIVE_LEVEL, false", "PASSIVE_LEVEL, true", "APC_LEVEL, false", "APC_LEVEL, true"})
  void setToWaitNextTheIrqlIsRaisedUntilThen(Irql irql, boolean pulsed) {
    onMachine(
        machine -> {
          Irql old = Ke.raiseIrql(irql);
          KEvent told = new KEvent("told", NOTIFICATION_EVENT, false);
          KEvent answer = new KEvent("answer", NOTIFICATION_EVENT, true);
          assertFalse(pulsed ? told.pulse(0, true) : told.set(0, true));
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          answer.waitForSingleObject();
          assertEquals(irql, Ke.getCurrentIrql());
          assertEquals(!pulsed, told.readState());
          Ke.lowerIrql(old);
        });
  }

  @ParameterizedTest
  @EnumSource(KEvent.Type.class)
  void aNotificationLetsAllGoOnAndASynchronizationOne(KEvent.Type type) {
    KEvent event = new KEvent("E", type, false);
    AtomicInteger gone = new AtomicInteger();
    onProcessors(
        2,
        machine -> {
          for (int i = 0; i < WAITERS; i++) {
            machine.startThread(
                "T" + i,
                () -> {
                  event.waitForSingleObject();
                  gone.incrementAndGet();
                });
          }
          for (int set = 1; set <= (type == NOTIFICATION_EVENT ? 1 : WAITERS); set++) {
            assertFalse(event.set());
            while (type == SYNCHRONIZATION_EVENT && event.readState()) {
              Ke.delayExecutionThread(-1_000);
            }
            assertTrue(type == NOTIFICATION_EVENT || gone.get() <= set);
          }
          assertEquals(type == NOTIFICATION_EVENT, event.readState());
        });
    assertEquals(WAITERS, gone.get());
  }
}
