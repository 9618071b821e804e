package org.cancelsafe.emu.ex;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.verifier.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ExRundownRefTest {
  private final ExRundownRef ref = new ExRundownRef("R");

  @Test
  void grantsProtectionUntilTheObjectIsRunDown() {
    onMachine(
        machine -> {
          assertTrue(ref.acquireProtection());
          assertTrue(ref.acquireProtectionEx(2));
          ref.releaseProtectionEx(3);
          ref.waitForProtectionRelease();
          assertFalse(ref.acquireProtection());
          assertFalse(ref.acquireProtectionEx(2));
          ref.waitForProtectionRelease();
          ref.completed();
          ref.waitForProtectionRelease();
          assertFalse(ref.acquireProtection());
          ref.reInitializeProtection();
          assertTrue(ref.acquireProtection());
          ref.releaseProtection();
        });
  }

  @Test
  void nobodyHasProtectionOnceItWasWaitedFor() {
    AtomicInteger inside = new AtomicInteger();
    AtomicBoolean gone = new AtomicBoolean();
    onProcessors(
        2,
        machine -> {
          for (int i = 0; i < 3; i++) {
            machine.startThread(
                "user" + i,
                () -> {
                  while (ref.acquireProtection()) {
                    inside.incrementAndGet();
                    assertFalse(gone.get());
                    inside.decrementAndGet();
                    ref.releaseProtection();
                  }
                });
          }
          machine.startThread(
              "owner",
              () -> {
                ref.waitForProtectionRelease();
                gone.set(true);
                assertEquals(0, inside.get());
              });
        });
    assertTrue(gone.get());
  }

  @Test
  void whatIsNotHeldIsNotGivenBackAndWhatIsNotRunDownNotUsedAgain() {
    onMachine(
        machine -> {
          assertThrows(IllegalStateException.class, ref::releaseProtection);
          assertTrue(ref.acquireProtection());
          assertThrows(IllegalStateException.class, () -> ref.releaseProtectionEx(2));
          assertThrows(IllegalStateException.class, ref::reInitializeProtection);
          assertThrows(IllegalStateException.class, ref::completed);
          ref.releaseProtection();
          assertThrows(IllegalStateException.class, ref::completed);
          assertThrows(IllegalArgumentException.class, () -> ref.acquireProtectionEx(0));
        });
  }

  @Test
  void isTakenAtMostAtDispatchLevelAndWaitedForAtMostAtApcLevel() {
    onMachine(
        machine -> {
          Irql old = Ke.raiseIrqlToDpcLevel();
          assertTrue(ref.acquireProtection());
          ref.releaseProtection();
          assertEquals(Irql.DISPATCH_LEVEL, Ke.getCurrentIrql());
          Ke.lowerIrql(old);
        });
    stopsWith(Rule.IRQL_DISPATCH_LTE, machine -> at(Irql.DIRQL_5, ref::acquireProtection));
    stopsWith(Rule.IRQL_APC_LTE, machine -> at(Irql.DISPATCH_LEVEL, ref::waitForProtectionRelease));
    stopsWith(
        Rule.DEADLOCK,
        machine ->
            machine.startThread(
                "T",
                () -> {
                  ref.acquireProtection();
                  ref.waitForProtectionRelease();
                }));
  }

  private static void at(Irql level, Runnable call) {
    Ke.raiseIrql(level);
    call.run();
  }
}
