package org.cancelsafe.emu.machine;

import static org.cancelsafe.emu.LiveRun.switchOff;
import static org.cancelsafe.emu.LiveRun.toRest;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LiveStopTest {
  private static final long AN_HOUR = 36_000_000_000L;

  /** Starts a thread that does this, and stops the machine when it has begun: the thread must end. */
  private static void endsAThreadThat(Consumer<KEvent> does) {
    try (Machine machine = Machine.live().processors(2).build()) {
      machine.run(
          () -> {
            KEvent begun = new KEvent("begun", KEvent.Type.NOTIFICATION_EVENT, false);
            machine.startThread("stuck", () -> does.accept(begun));
            begun.waitForSingleObject();
          });
      assertFalse(machine.isStopped());
      switchOff(machine);
      toRest(machine);
      assertNull(machine.failure());
    }
  }

  @Test
  void endsAThreadThatWaits() {
    endsAThreadThat(
        begun -> {
          begun.set();
          new KEvent("never", KEvent.Type.NOTIFICATION_EVENT, false).waitForSingleObject();
        });
  }

  @Test
  void endsAThreadThatWaitsWithATimeout() {
    endsAThreadThat(
        begun -> {
          begun.set();
          new KEvent("never", KEvent.Type.NOTIFICATION_EVENT, false).waitForSingleObject(AN_HOUR);
        });
  }

  @Test
  void endsAThreadThatDelays() {
    endsAThreadThat(
        begun -> {
          begun.set();
          Ke.delayExecutionThread(AN_HOUR);
        });
  }

  @Test
  void endsAThreadThatTakesAndGivesAFreeLock() {
    endsAThreadThat(
        begun -> {
          KSpinLock lock = new KSpinLock("L");
          begun.set();
          while (true) {
            lock.release(lock.acquire());
          }
        });
  }

  @Test
  void endsAThreadThatNeverGivesItsLockBack() {
    endsAThreadThat(
        begun -> {
          InterlockedLong flag = new InterlockedLong("flag", 0);
          begun.set();
          new KSpinLock("L").acquire();
          while (flag.read() == 0) {
            Thread.onSpinWait();
          }
        });
  }

  @Test
  void endsANoisyThreadThatTakesNoSteps() {
    try (Machine machine = Machine.live().noise(1).build()) {
      Shared<Boolean> flag = new Shared<>("flag", false);
      KEvent begun = new KEvent("begun", KEvent.Type.NOTIFICATION_EVENT, false);
      machine.run(
          () -> {
            machine.startThread(
                "stuck",
                () -> {
                  begun.set();
                  while (!flag.get()) {
                    Thread.onSpinWait();
                  }
                });
            begun.waitForSingleObject();
          });
      switchOff(machine);
      toRest(machine);
    }
  }

  @Test
  void endsAThreadThatPollsAVariable() {
    endsAThreadThat(
        begun -> {
          InterlockedLong flag = new InterlockedLong("flag", 0);
          begun.set();
          while (flag.read() == 0) {
            Thread.onSpinWait();
          }
        });
  }

  @Test
  void endsAThreadThatPollsAnIrp() {
    endsAThreadThat(
        begun -> {
          Irp irp = IoManager.of(Activity.current().machine()).allocateIrp(1);
          begun.set();
          while (!irp.cancel()) {
            Thread.onSpinWait();
          }
        });
  }

  @Test
  void endsAThreadThatPollsAnEventAtDispatchLevel() {
    endsAThreadThat(
        begun -> {
          KEvent never = new KEvent("never", KEvent.Type.NOTIFICATION_EVENT, false);
          begun.set();
          Ke.raiseIrqlToDpcLevel();
          while (!never.waitForSingleObject(0)) {
            Thread.onSpinWait();
          }
        });
  }

  @Test
  void endsAThreadThatWantsAProcessor() {
    try (Machine machine = Machine.live().processors(1).build()) {
      machine.run(
          () -> {
            Ke.raiseIrqlToDpcLevel();
            machine.startThread("wants one", () -> {});
            switchOff(machine);
          });
      toRest(machine);
      assertNull(machine.failure());
    }
  }

  @Test
  void endsEveryThreadWhenOneBreaksARule() {
    try (Machine machine = Machine.live().processors(4).build()) {
      BugCheck thrown =
          assertThrows(
              BugCheck.class,
              () ->
                  machine.run(
                      () -> {
                        KEvent never = new KEvent("never", KEvent.Type.SYNCHRONIZATION_EVENT, false);
                        KEvent ready = new KEvent("ready", KEvent.Type.SYNCHRONIZATION_EVENT, false);
                        KSpinLock lock = new KSpinLock("L");
                        machine.startThread("waiter", never::waitForSingleObject);
                        machine.startThread(
                            "owner",
                            () -> {
                              Irql old = lock.acquire();
                              ready.set();
                              while (!machine.isStopped()) {
                                Thread.onSpinWait();
                              }
                              lock.release(old);
                            });
                        ready.waitForSingleObject();
                        machine.startThread(
                            "spinner",
                            () -> {
                              ready.set();
                              lock.acquire();
                            });
                        ready.waitForSingleObject();
                        machine.startThread("culprit", new KSpinLock("M")::releaseFromDpcLevel);
                        never.waitForSingleObject();
                      }));
      toRest(machine);
      assertSame(thrown, machine.failure());
    }
  }

  @Test
  void theFirstReasonCounts() {
    try (Machine machine = Machine.live().build()) {
      IllegalStateException first = new IllegalStateException("first");
      machine.fail(first);
      machine.fail(new IllegalStateException("second"));
      switchOff(machine);
      assertSame(first, machine.failure());
    }
  }

  @Test
  void whatGoesWrongWhileThreadsAreUnwoundIsNoReason() {
    try (Machine machine = Machine.live().build()) {
      KSpinLock lock = new KSpinLock("L");
      machine.run(
          () -> {
            switchOff(machine);
            try {
              Ke.delayExecutionThread(0);
            } finally {
              lock.releaseFromDpcLevel();
            }
          });
      assertNull(machine.failure());
    }
  }

  @Test
  void anAssertionThatFailsOnAnotherThreadIsThrownByRun() {
    try (Machine machine = Machine.live().build()) {
      AssertionError error =
          assertThrows(
              AssertionError.class,
              () ->
                  machine.run(
                      () -> {
                        machine.startThread("T", () -> assertEquals(1, 2));
                        new KEvent("never", KEvent.Type.NOTIFICATION_EVENT, false).waitForSingleObject();
                      }));
      assertSame(error, machine.failure());
    }
  }

  @Test
  void aCheckedExceptionIsNotSwallowed() {
    try (Machine machine = Machine.live().build()) {
      IllegalStateException thrown =
          assertThrows(
              IllegalStateException.class, () -> machine.run(() -> sneak(new InterruptedException("sneaked"))));
      assertEquals("sneaked", thrown.getCause().getMessage());
    }
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void sneak(Throwable e) throws E {
    throw (E) e;
  }

  @Test
  void aDpcLeftInItsQueueDoesNotRun() {
    AtomicBoolean ran = new AtomicBoolean();
    try (Machine machine = Machine.live().processors(1).build()) {
      machine.run(
          () -> {
            Ke.raiseIrqlToDpcLevel();
            new KDpc("D", (dpc, context, one, two) -> ran.set(true), null).insertQueue(null, null);
            switchOff(machine);
          });
      toRest(machine);
    }
    assertFalse(ran.get());
  }

  @Test
  void aTimerLeftSetDoesNotKeepTheMachine() {
    try (Machine machine = Machine.live().build()) {
      machine.run(() -> new KTimer("T").set(AN_HOUR, null));
      switchOff(machine);
      toRest(machine);
      for (int id = 1; id <= 2; id++) {
        assertNull(machine.activity(id), "activity " + id + " is still there");
      }
    }
  }

  @Test
  void aTimerSetWhileTheMachineStopsDoesNotKeepIt() {
    try (Machine machine = Machine.live().build()) {
      machine.run(
          () -> {
            Irql old = new KSpinLock("L").acquire();
            switchOff(machine);
            new KTimer("T").set(AN_HOUR, null);
            Ke.lowerIrql(old);
          });
      toRest(machine);
    }
  }

  @Test
  void aMachineThatWasSwitchedOffRunsNothing() {
    try (Machine machine = Machine.live().build()) {
      switchOff(machine);
      AtomicBoolean ran = new AtomicBoolean();
      IllegalStateException refused = assertThrows(IllegalStateException.class, () -> machine.run(() -> ran.set(true)));
      assertEquals("the machine was switched off; run needs a new one", refused.getMessage());
      machine.startThread("late", () -> ran.set(true));
      toRest(machine);
      assertFalse(ran.get());
    }
  }

  @Test
  void aMachineThatStoppedThrowsItsBugCheckAgain() {
    try (Machine machine = Machine.live().build()) {
      BugCheck first = assertThrows(BugCheck.class, () -> machine.run(() -> new KSpinLock("L").acquireAtDpcLevel()));
      assertSame(first, assertThrows(BugCheck.class, () -> machine.run(() -> {})));
      assertEquals(Rule.ACQUIRE_AT_DPC_BELOW_DISPATCH, first.rule());
    }
  }

  @Test
  void anInterruptStopsTheMachineAndStaysSet() {
    try (Machine machine = Machine.live().build()) {
      IllegalStateException thrown =
          assertThrows(
              IllegalStateException.class,
              () ->
                  machine.run(
                      () -> {
                        Thread.currentThread().interrupt();
                        new KEvent("E", KEvent.Type.NOTIFICATION_EVENT, false).waitForSingleObject();
                      }));
      assertTrue(Thread.interrupted());
      assertTrue(thrown.getMessage().contains("was interrupted while"), thrown.getMessage());
      assertTrue(thrown.getMessage().contains("waited for E"), thrown.getMessage());
      toRest(machine);
    }
  }

  @Test
  void anInterruptEndsASpin() {
    try (Machine machine = Machine.live().processors(2).build()) {
      KSpinLock lock = new KSpinLock("L");
      KEvent taken = new KEvent("taken", KEvent.Type.NOTIFICATION_EVENT, false);
      assertThrows(
          IllegalStateException.class,
          () ->
              machine.run(
                  () -> {
                    machine.startThread(
                        "owner",
                        () -> {
                          lock.acquire();
                          taken.set();
                          while (!machine.isStopped()) {
                            Thread.onSpinWait();
                          }
                          lock.release(Irql.PASSIVE_LEVEL);
                        });
                    taken.waitForSingleObject();
                    Thread.currentThread().interrupt();
                    lock.acquire();
                  }));
      assertTrue(Thread.interrupted());
      toRest(machine);
    }
  }
}
