package org.cancelsafe.emu.verifier;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.junit.jupiter.api.Test;

/** A violation says which rule, by whom, where, and in which line. */
class BugCheckTest {
  private static void breakARule() {
    Ke.raiseIrqlToDpcLevel();
    Ke.raiseIrql(Irql.APC_LEVEL);
  }

  @Test
  void namesActivityProcessorIrqlAndLine() {
    BugCheck bugCheck =
        stopsWith(
            Rule.RAISE_TO_LOWER,
            Machine.live().processors(1),
            machine -> machine.startThread("worker", BugCheckTest::breakARule));
    assertEquals("worker", bugCheck.activity());
    assertEquals(0, bugCheck.processor());
    assertEquals("DISPATCH_LEVEL", bugCheck.irql());
    String message = bugCheck.getMessage();
    assertTrue(message.startsWith("DRIVER_VERIFIER_DETECTED_VIOLATION (0xC4/0x30): "), message);
    assertTrue(message.contains(", thread \"worker\", CPU 0 [IrqlKeRaiseLower, BugCheckTest.java:"), message);
    assertEquals("BugCheckTest.java:20", bugCheck.site());
  }

  @Test
  void saysTheIrqlWhereTheExplanationDoesNot() {
    BugCheck bugCheck =
        stopsWith(
            Rule.SPIN_LOCK_RECURSION,
            machine -> {
              KSpinLock lock = new KSpinLock("L");
              lock.acquire();
              lock.acquire();
            });
    assertTrue(bugCheck.getMessage().contains("\" at DISPATCH_LEVEL, CPU "), bugCheck.getMessage());
  }

  @Test
  void saysWhatKindOfActivityItWas() {
    BugCheck bugCheck =
        stopsWith(
            Rule.RAISE_TO_LOWER,
            machine ->
                new KDpc("D", (dpc, context, one, two) -> Ke.raiseIrql(Irql.APC_LEVEL), null).insertQueue(null, null));
    assertTrue(bugCheck.getMessage().contains("DPC \"D\""), bugCheck.getMessage());
  }

  @Test
  void anExceptionOutOfALockedRegionIsDiagnosed() {
    IllegalStateException thrown = new IllegalStateException("driver bug");
    BugCheck bugCheck =
        stopsWith(
            Rule.UNHANDLED_EXCEPTION,
            machine -> {
              new KSpinLock("outer").acquire();
              new KSpinLock("inner").acquire();
              throw thrown;
            });
    assertSame(thrown, bugCheck.getCause());
    assertSame(BugCheckCode.KMODE_EXCEPTION_NOT_HANDLED, bugCheck.code());
    assertTrue(bugCheck.explanation().contains("driver bug"), bugCheck.explanation());
    assertTrue(bugCheck.explanation().endsWith("which holds outer, inner"), bugCheck.explanation());
  }

  @Test
  void anExceptionThatIsCaughtIsNobodysBusiness() {
    onMachine(
        machine -> {
          KSpinLock lock = new KSpinLock("L");
          Irql irql = lock.acquire();
          try {
            throw new IllegalStateException("handled");
          } catch (IllegalStateException e) {
            lock.release(irql);
          }
        });
  }

  @Test
  void itsStopCodeIsTheSameInEveryRun() {
    Runnable routine = () -> {};
    StopsOnBugCheck nothing = bugCheck -> {};
    BugCheck bugCheck = Rule.CANCEL_LOCK_HELD.violated(nothing, "", "IRP#1", routine, 16);
    assertEquals("0x11B DRIVER_RETURNED_HOLDING_CANCEL_LOCK (IRP#1, Runnable, 0x10)", bugCheck.stopCode());
  }
}
