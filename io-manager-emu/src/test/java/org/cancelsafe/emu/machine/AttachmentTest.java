package org.cancelsafe.emu.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.BugCheckCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AttachmentTest {
  @Test
  void theCallingThreadIsAThreadOfTheMachineUntilClosed() {
    try (Machine machine = Machine.live().processors(1).build()) {
      Attachment attachment = machine.attachCurrentThread("guest");
      assertSame(attachment.thread(), Activity.current());
      assertEquals("guest", Activity.current().name());
      assertEquals(Irql.PASSIVE_LEVEL, Activity.current().irql());
      assertSame(machine.processors().get(0), Activity.current().processor());
      attachment.close();
      attachment.close();
      assertNull(Activity.currentOrNull());
      assertNull(machine.processors().get(0).occupant());
    }
  }

  @Test
  void carriersAreAttachedToo() throws InterruptedException {
    AtomicReference<Activity> seen = new AtomicReference<>();
    AtomicReference<Activity> after = new AtomicReference<>();
    try (Machine machine = Machine.live().build()) {
      Carrier carrier =
          new Carrier(
              "carrier",
              () -> {
                Attachment attachment = machine.attachCurrentThread("guest");
                seen.set(Activity.current());
                attachment.close();
                after.set(Activity.currentOrNull());
              });
      carrier.start();
      carrier.join();
      assertNotNull(seen.get());
      assertNull(after.get());
    }
  }

  @Test
  void itTakesItsProcessorFromAThreadThatSharesIt() {
    try (Machine machine = Machine.live().processors(1).build()) {
      KEvent go = new KEvent(null, KEvent.Type.SYNCHRONIZATION_EVENT, false);
      KEvent done = new KEvent(null, KEvent.Type.SYNCHRONIZATION_EVENT, false);
      machine.startThread(
          "other",
          () -> {
            go.waitForSingleObject();
            done.set();
          });
      Attachment attachment = machine.attachCurrentThread("guest");
      go.set();
      done.waitForSingleObject();
      attachment.close();
      assertTrue(machine.awaitRest(Duration.ofSeconds(10)));
      assertNull(machine.failure());
    }
  }

  @Test
  void aThreadRunsOnOneMachineAtATime() {
    try (Machine machine = Machine.live().build()) {
      machine.run(() -> assertThrows(IllegalStateException.class, () -> machine.attachCurrentThread("guest")));
    }
  }

  @Test
  void onlyTheAttachedThreadCloses() throws InterruptedException {
    try (Machine machine = Machine.live().build()) {
      Attachment attachment = machine.attachCurrentThread("guest");
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread stranger = new Thread(attachment::close);
      stranger.setUncaughtExceptionHandler((thread, e) -> thrown.set(e));
      stranger.start();
      stranger.join();
      assertEquals(IllegalStateException.class, thrown.get().getClass());
      attachment.close();
    }
  }

  @Test
  void closingWithASpinLockHeldStopsTheMachine() {
    try (Machine machine = Machine.live().build()) {
      Attachment attachment = machine.attachCurrentThread("guest");
      new KSpinLock("forgotten").acquire();
      BugCheck stop = assertThrows(BugCheck.class, attachment::close);
      assertEquals(BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, stop.code());
      assertSame(stop, machine.failure());
      assertNull(Activity.currentOrNull());
    }
  }
}
