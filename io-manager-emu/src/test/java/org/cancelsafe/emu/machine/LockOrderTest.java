package org.cancelsafe.emu.machine;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.emu.verifier.Verifier;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;

/** Orders of locks that can hang are reported though nothing hung. */
class LockOrderTest {
  private final KSpinLock a = new KSpinLock("A");
  private final KSpinLock b = new KSpinLock("B");
  private final KSpinLock c = new KSpinLock("C");

  private static void nest(KSpinLock... locks) {
    nest(List.of(locks));
  }

  private static void nest(List<KSpinLock> locks) {
    if (!locks.isEmpty()) {
      Irql irql = locks.get(0).acquire();
      nest(locks.subList(1, locks.size()));
      locks.get(0).release(irql);
    }
  }

  @Test
  @Statement(167)
  void twoOrdersOfTwoLocks() {
    BugCheck bugCheck =
        stopsWith(
            Rule.LOCK_ORDER,
            machine -> {
              nest(a, b);
              nest(b, a);
            });
    assertEquals(List.of(0x1001, a, b), bugCheck.parameters());
    assertTrue(
        bugCheck
            .explanation()
            .matches(
                ".* took B holding A at LockOrderTest.java:\\d+, and .* took A holding B at LockOrderTest.java:.*"),
        bugCheck.explanation());
  }

  @Test
  void aCircleOfThreeByThreeThreads() {
    BugCheck bugCheck =
        stopsWith(
            Rule.LOCK_ORDER,
            Machine.live().processors(1),
            machine -> {
              machine.startThread("one", () -> nest(a, b));
              machine.startThread("two", () -> nest(b, c));
              machine.startThread("three", () -> nest(c, a));
            });
    for (String name : List.of("one took B", "two took C", "three took A")) {
      assertTrue(bugCheck.explanation().contains(name), bugCheck.explanation());
    }
  }

  @Test
  void oneOrderIsRight() {
    onMachine(
        machine -> {
          nest(a, b, c);
          nest(a, c);
          nest(b, c);
          nest(a, b);
        });
  }

  @Test
  void ordersUnderOneMoreLockCannotHang() {
    onMachine(
        machine -> {
          nest(c, a, b);
          nest(c, b, a);
        });
  }

  @Test
  void ordersOfWhichOneIsTakenWithoutThatLockCan() {
    stopsWith(
        Rule.LOCK_ORDER,
        machine -> {
          nest(c, a, b);
          nest(c, b, a);
          nest(a, b);
          nest(b, a);
        });
  }

  @Test
  void whoOnlyTriesForALockDoesNotHang() {
    onMachine(
        machine -> {
          nest(a, b);
          Irql irql = b.acquire();
          assertTrue(a.tryToAcquireAtDpcLevel());
          a.releaseFromDpcLevel();
          b.release(irql);
        });
  }

  @Test
  void afterATryTheOrderCountsAgain() {
    stopsWith(
        Rule.LOCK_ORDER,
        machine -> {
          nest(b, a);
          Ke.raiseIrqlToDpcLevel();
          assertTrue(a.tryToAcquireAtDpcLevel());
          b.acquireAtDpcLevel();
        });
  }

  @Test
  void withoutDriverVerifierNobodyKeepsAccount() {
    onMachine(
        Machine.live().verifier(Verifier.OFF),
        machine -> {
          nest(a, b);
          nest(b, a);
        });
  }
}
