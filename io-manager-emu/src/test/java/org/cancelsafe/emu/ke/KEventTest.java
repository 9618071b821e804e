package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.ke.KEvent.Type.NOTIFICATION_EVENT;
import static org.cancelsafe.emu.ke.KEvent.Type.SYNCHRONIZATION_EVENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.LiveRun;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class KEventTest {
  @ParameterizedTest
  @EnumSource
  @Statement(218)
  void setAndResetReturnTheStateBefore(KEvent.Type type) {
    onMachine(
        machine -> {
          KEvent event = new KEvent("E", type, false);
          assertFalse(event.set());
          assertTrue(event.set());
          assertTrue(event.readState());
          assertTrue(event.reset());
          assertFalse(event.reset());
          assertFalse(event.readState());
          event.set();
          event.clear();
          assertFalse(event.readState());
        });
  }

  @Test
  @Statement(219)
  void aSynchronizationEventLetsOneThroughAndResets() {
    onMachine(
        machine -> {
          KEvent event = new KEvent("E", SYNCHRONIZATION_EVENT, true);
          event.waitForSingleObject();
          assertFalse(event.readState());
          assertFalse(event.waitForSingleObject(0));
        });
  }

  @Test
  @Statement(219)
  void aSynchronizationEventSetOnceWakesOneOfTwoWaiters() {
    try (Machine machine = Machine.live().build()) {
      KEvent event = new KEvent("E", SYNCHRONIZATION_EVENT, false);
      int[] woken = new int[2];
      machine.run(
          () -> {
            for (int i = 0; i < 2; i++) {
              int mine = i;
              machine.startThread(
                  "T" + i,
                  () -> {
                    event.waitForSingleObject();
                    woken[mine]++;
                  });
            }
          });
      LiveRun.toRest(machine);
      machine.run(event::set);
      LiveRun.toRest(machine);
      assertEquals(1, woken[0] + woken[1]);
      machine.run(event::set);
      LiveRun.toRest(machine);
      assertEquals(2, woken[0] + woken[1]);
      machine.end().checkWaiters();
    }
  }

  @Test
  @Statement(219)
  void aNotificationEventLetsAllThroughAndStays() {
    onProcessors(
        2,
        machine -> {
          KEvent event = new KEvent("E", NOTIFICATION_EVENT, false);
          for (int i = 0; i < 4; i++) {
            machine.startThread("T" + i, event::waitForSingleObject);
          }
          event.set();
          event.waitForSingleObject();
          assertTrue(event.readState());
        });
  }

  @Test
  @Statement(221)
  void setAboveDispatchLevel() {
    BugCheck stop =
        stopsWith(
            Rule.SET_EVENT_ABOVE_DISPATCH,
            machine -> {
              Ke.raiseIrql(Irql.DIRQL_3);
              new KEvent("E", NOTIFICATION_EVENT, false).set();
            });
    assertEquals(List.of(0x80, 3), stop.parameters());
  }

  @Test
  @Statement(222)
  void aWaitAtDispatchLevelMayTest() {
    onMachine(
        machine -> {
          KEvent event = new KEvent("E", SYNCHRONIZATION_EVENT, true);
          Irql old = Ke.raiseIrqlToDpcLevel();
          assertTrue(event.waitForSingleObject(0));
          assertFalse(event.waitForSingleObject(0));
          assertEquals(Irql.DISPATCH_LEVEL, Ke.getCurrentIrql());
          Ke.lowerIrql(old);
        });
  }

  private static BugCheck waitingAt(Rule rule, Irql irql, long timeout) {
    return stopsWith(
        rule,
        machine -> {
          KEvent event = new KEvent("E", NOTIFICATION_EVENT, true);
          Ke.raiseIrql(irql);
          if (timeout < 0) {
            event.waitForSingleObject();
          } else {
            event.waitForSingleObject(timeout);
          }
        });
  }

  @Test
  @Statement(223)
  void noOtherWaitAtDispatchLevelOrAbove() {
    assertEquals(0x121, waitingAt(Rule.WAIT_AT_DISPATCH, Irql.DISPATCH_LEVEL, -1).parameters().get(0));
    assertEquals(0x122, waitingAt(Rule.TIMED_WAIT_AT_DISPATCH, Irql.DISPATCH_LEVEL, 1).parameters().get(0));
    assertEquals(0x120, waitingAt(Rule.WAIT_ABOVE_DISPATCH, Irql.DIRQL_3, -1).parameters().get(0));
    assertEquals(0x120, waitingAt(Rule.WAIT_ABOVE_DISPATCH, Irql.DIRQL_3, 0).parameters().get(0));
  }

  @Test
  @Statement(224)
  void aWaitThatTimesOutIsASuccess() {
    onMachine(
        machine -> {
          KEvent event = new KEvent("E", NOTIFICATION_EVENT, false);
          long before = System.nanoTime();
          assertFalse(event.waitForSingleObject(20_000));
          assertTrue(System.nanoTime() - before >= 2_000_000);
        });
    assertTrue(NtStatus.STATUS_TIMEOUT.isSuccess());
  }

  @Test
  void theLongestTimeoutIsNotOver() {
    onMachine(
        machine -> {
          KEvent event = new KEvent("E", NOTIFICATION_EVENT, false);
          machine.startThread(
              "setter",
              () -> {
                Ke.delayExecutionThread(10_000);
                event.set();
              });
          assertTrue(event.waitForSingleObject(Long.MAX_VALUE));
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void noWakeUpIsLost(int processors) {
    int rounds = 10_000;
    onProcessors(
        processors,
        machine -> {
          KEvent ping = new KEvent("ping", SYNCHRONIZATION_EVENT, false);
          KEvent pong = new KEvent("pong", SYNCHRONIZATION_EVENT, false);
          machine.startThread("pong", () -> answer(ping, pong, rounds));
          for (int round = 0; round < rounds; round++) {
            ping.set();
            pong.waitForSingleObject();
          }
        });
  }

  private static void answer(KEvent ping, KEvent pong, int rounds) {
    for (int round = 0; round < rounds; round++) {
      ping.waitForSingleObject();
      pong.set();
    }
  }

  @Test
  void anEventHasAType() {
    assertThrows(NullPointerException.class, () -> typed(null));
  }

  @SuppressWarnings("NullAway")
  private static KEvent typed(KEvent.Type type) {
    return new KEvent("E", type, false);
  }

  @ParameterizedTest
  @EnumSource
  void aPulsedEventIsNotSignaledAfterwards(KEvent.Type type) {
    onMachine(
        machine -> {
          KEvent event = new KEvent("E", type, false);
          assertFalse(event.pulse());
          assertFalse(event.readState());
          assertFalse(event.waitForSingleObject(0));
          event.set();
          assertTrue(event.pulse());
          assertFalse(event.readState());
        });
  }

  @ParameterizedTest
  @EnumSource
  void aPulseLetsThoseGoOnWhoWaitAtThatMoment(KEvent.Type type) {
    try (Machine machine = Machine.live().build()) {
      KEvent event = new KEvent("E", type, false);
      AtomicInteger woken = new AtomicInteger();
      for (int i = 0; i < 3; i++) {
        machine.run(
            () ->
                machine.startThread(
                    "T",
                    () -> {
                      event.waitForSingleObject();
                      woken.incrementAndGet();
                    }));
      }
      LiveRun.toRest(machine);
      machine.run(event::pulse);
      LiveRun.toRest(machine);
      assertEquals(type == NOTIFICATION_EVENT ? 3 : 1, woken.get());
      machine.run(() -> assertFalse(event.readState()));
      machine.run(() -> machine.startThread("late", event::waitForSingleObject));
      LiveRun.toRest(machine);
      machine.run(() -> assertEquals(type == NOTIFICATION_EVENT ? 3 : 1, woken.get()));
      LiveRun.switchOff(machine);
    }
  }

  @Test
  void aPulseBeforeAWaitLeavesTheIrqlRaised() {
    onMachine(
        machine -> {
          KEvent event = new KEvent("E", NOTIFICATION_EVENT, true);
          KEvent other = new KEvent("O", NOTIFICATION_EVENT, true);
          assertTrue(event.pulse(0, true));
          assertEquals(Irql.DISPATCH_LEVEL, Ke.getCurrentIrql());
          other.waitForSingleObject();
          assertEquals(Irql.PASSIVE_LEVEL, Ke.getCurrentIrql());
          assertFalse(event.pulse(0, false));
          assertEquals(Irql.PASSIVE_LEVEL, Ke.getCurrentIrql());
        });
  }

  @Test
  void aPulseAboveDispatchLevel() {
    stopsWith(
        Rule.IRQL_DISPATCH_LTE,
        machine -> {
          Ke.raiseIrql(Irql.DIRQL_3);
          new KEvent("E", NOTIFICATION_EVENT, false).pulse();
        });
  }
}
