package org.cancelsafe.emu.ke;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Timers and their DPCs on a live machine, where time is real. */
@Timeout(60)
class LiveTimersTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final long TEN_MINUTES = 6_000_000_000L;
  private static final long MILLISECOND = 10_000;

  @Test
  void timerThatWasCalledOffIsNotWaitedFor() {
    AtomicInteger runs = new AtomicInteger();
    try (Machine machine = Machine.live().processors(1).build()) {
      KTimer timer = new KTimer("timer");
      KDpc dpc = new KDpc("dpc", (self, context, one, two) -> runs.incrementAndGet(), null);
      machine.run(
          () -> {
            assertFalse(timer.set(TEN_MINUTES, dpc));
            assertTrue(timer.cancel());
          });
      assertTrue(machine.awaitRest(LIMIT));
      assertEquals(0, runs.get());
    }
  }

  @Test
  void timerSetAgainExpiresAtTheNewTime() {
    AtomicInteger runs = new AtomicInteger();
    try (Machine machine = Machine.live().processors(1).build()) {
      KTimer timer = new KTimer("timer");
      KDpc dpc = new KDpc("dpc", (self, context, one, two) -> runs.incrementAndGet(), null);
      machine.run(
          () -> {
            timer.set(TEN_MINUTES, dpc);
            assertTrue(timer.set(MILLISECOND, dpc));
          });
      assertTrue(machine.awaitRest(LIMIT));
      assertEquals(1, runs.get());
    }
  }

  @Test
  void stoppedMachineDoesNotWaitForItsTimers() {
    Machine machine = Machine.live().processors(1).build();
    machine.run(() -> new KTimer("timer").set(TEN_MINUTES, null));
    machine.close();
    assertTimeout(LIMIT.dividedBy(2), () -> machine.awaitRest(LIMIT));
  }

  @Test
  void dpcOfATimerRunsAtDispatchLevelOnAProcessorOfItsOwn() {
    try (Machine machine = Machine.live().processors(2).build()) {
      KEvent ran = new KEvent("ran", KEvent.Type.NOTIFICATION_EVENT, false);
      Irql[] level = new Irql[1];
      KDpc dpc =
          new KDpc(
              "dpc",
              (self, context, one, two) -> {
                level[0] = Ke.getCurrentIrql();
                ran.set();
              },
              null);
      machine.run(
          () -> {
            new KTimer("timer").set(MILLISECOND, dpc);
            Irql old = Ke.raiseIrqlToDpcLevel();
            while (!ran.readState()) {
              Thread.onSpinWait();
            }
            Ke.lowerIrql(old);
          });
      assertSame(Irql.DISPATCH_LEVEL, level[0]);
    }
  }
}
