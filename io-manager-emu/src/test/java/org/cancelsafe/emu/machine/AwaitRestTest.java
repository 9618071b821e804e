package org.cancelsafe.emu.machine;

import static org.cancelsafe.emu.LiveRun.toRest;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KThread;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AwaitRestTest {
  private static final long AN_HOUR = 36_000_000_000L;
  private static final long A_MILLISECOND = 10_000;

  @Test
  void comesWhenThreadsDpcsAndTimersAreDone() {
    AtomicInteger done = new AtomicInteger();
    try (Machine machine = Machine.live().build()) {
      machine.run(
          () -> {
            KDpc dpc = new KDpc("D", (self, context, one, two) -> done.incrementAndGet(), null);
            new KTimer("T").set(A_MILLISECOND, dpc);
            machine.startThread(
                "delays",
                () -> {
                  Ke.delayExecutionThread(A_MILLISECOND);
                  done.incrementAndGet();
                });
          });
      toRest(machine);
      assertEquals(2, done.get());
    }
  }

  @Test
  void doesNotComeWhileATimerIsSet() {
    try (Machine machine = Machine.live().build()) {
      machine.run(() -> new KTimer("T").set(AN_HOUR, null));
      assertFalse(machine.awaitRest(Duration.ofMillis(1)));
    }
  }

  @Test
  void comesAtOnceWhenTheTimerIsCancelled() {
    try (Machine machine = Machine.live().build()) {
      machine.run(
          () -> {
            KTimer timer = new KTimer("T");
            timer.set(AN_HOUR, null);
            timer.set(2 * AN_HOUR, null);
            timer.cancel();
          });
      toRest(machine);
    }
  }

  @Test
  void doesNotComeWhileAThreadWaitsWithATimeout() {
    try (Machine machine = Machine.live().build()) {
      KEvent event = new KEvent("E", KEvent.Type.NOTIFICATION_EVENT, false);
      machine.run(() -> machine.startThread("T", () -> event.waitForSingleObject(AN_HOUR)));
      assertFalse(machine.awaitRest(Duration.ofMillis(1)));
      machine.run(event::set);
      toRest(machine);
    }
  }

  @Test
  void namesWhoWaitsForWhatNobodyWillDo() {
    try (Machine machine = Machine.live().build()) {
      KEvent event = new KEvent("E", KEvent.Type.NOTIFICATION_EVENT, false);
      machine.run(() -> machine.startThread("T", event::waitForSingleObject));
      toRest(machine);
      BugCheck deadlock = assertThrows(BugCheck.class, machine.end()::checkWaiters);
      assertEquals(Rule.DEADLOCK, deadlock.rule());
      assertEquals("T waits for E, and nobody is left to help", deadlock.explanation());
    }
  }

  @Test
  void aSystemThreadMayWaitForEver() {
    try (Machine machine = Machine.live().build()) {
      KEvent work = new KEvent("work", KEvent.Type.SYNCHRONIZATION_EVENT, false);
      machine.run(() -> KThread.createSystemThread(machine, "worker", work::waitForSingleObject));
      toRest(machine);
      machine.end().checkWaiters();
      assertNull(machine.failure());
    }
  }

  @Test
  void theMachineGoesOnAfterwards() {
    AtomicBoolean woken = new AtomicBoolean();
    try (Machine machine = Machine.live().processors(1).build()) {
      KEvent event = new KEvent("E", KEvent.Type.SYNCHRONIZATION_EVENT, false);
      machine.run(
          () ->
              machine.startThread(
                  "T",
                  () -> {
                    event.waitForSingleObject();
                    woken.set(true);
                  }));
      toRest(machine);
      assertFalse(woken.get());
      machine.run(event::set);
      toRest(machine);
      assertTrue(woken.get());
    }
  }

  @Test
  void isNotForThreadsOfTheMachine() {
    try (Machine machine = Machine.live().build()) {
      IllegalStateException refused =
          assertThrows(
              IllegalStateException.class, () -> machine.run(() -> machine.awaitRest(Duration.ofSeconds(1))));
      assertTrue(refused.getMessage().contains("call awaitRest after Machine.run"), refused.getMessage());
    }
  }

  @Test
  void anInterruptEndsTheWaitAndStaysSet() {
    try (Machine machine = Machine.live().build()) {
      machine.run(() -> new KTimer("T").set(AN_HOUR, null));
      Thread.currentThread().interrupt();
      assertFalse(machine.awaitRest(Duration.ofHours(1)));
      assertTrue(Thread.interrupted());
      assertFalse(machine.isStopped());
    }
  }
}
