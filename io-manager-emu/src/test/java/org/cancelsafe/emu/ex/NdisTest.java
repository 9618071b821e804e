package org.cancelsafe.emu.ex;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.machine.Irql.APC_LEVEL;
import static org.cancelsafe.emu.machine.Irql.DIRQL_5;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NdisTest {
  private final NdisSpinLock lock = new NdisSpinLock("N");
  private final ListEntry head = new ListEntry("Q");
  private final ListEntry a = new ListEntry((Object) "a");
  private final ListEntry b = new ListEntry((Object) "b");

  @Test
  void theListRoutinesReturnWhatThoseOfTheExecutiveDo() {
    onMachine(
        machine -> {
          assertNull(Ndis.interlockedRemoveHeadList(head, lock));
          assertNull(Ndis.interlockedInsertTailList(head, a, lock));
          assertSame(a, Ndis.interlockedInsertTailList(head, b, lock));
          assertSame(a, Ndis.interlockedRemoveHeadList(head, lock));
          assertSame(b, Ndis.interlockedInsertHeadList(head, a, lock));
          assertEquals("(a b)", head.snapshot());
        });
    onMachine(machine -> assertNull(Ndis.interlockedInsertHeadList(new ListEntry("R"), entry(), lock)));
  }

  private static ListEntry entry() {
    return new ListEntry((Object) "e");
  }

  @Test
  @Statement(239)
  void theCallersIrqlIsRestored() {
    onMachine(
        machine -> {
          for (Irql level : new Irql[] {Irql.PASSIVE_LEVEL, APC_LEVEL, DISPATCH_LEVEL}) {
            Irql old = Ke.raiseIrql(level);
            Ndis.interlockedInsertHeadList(head, a, lock);
            assertEquals(level, Ke.getCurrentIrql());
            Ndis.interlockedRemoveHeadList(head, lock);
            assertEquals(level, Ke.getCurrentIrql());
            Ndis.interlockedInsertTailList(head, a, lock);
            assertEquals(level, Ke.getCurrentIrql());
            Ndis.interlockedRemoveHeadList(head, lock);
            Ke.lowerIrql(old);
          }
        });
  }

  @Test
  void anInterruptServiceRoutineMayNotCallThem() {
    stopsWith(
        Rule.ACQUIRE_ABOVE_DISPATCH,
        machine -> {
          Ke.raiseIrql(DIRQL_5);
          Ndis.interlockedInsertTailList(head, a, lock);
        });
  }

  @Test
  void theCallerHoldsTheLock() {
    stopsWith(
        Rule.SPIN_LOCK_RECURSION,
        machine -> {
          NdisSpinLock held = new NdisSpinLock("H");
          held.acquire();
          Ndis.interlockedRemoveHeadList(head, held);
        });
    stopsWith(
        Rule.SPIN_LOCK_RECURSION,
        machine -> {
          NdisSpinLock held = new NdisSpinLock("H");
          held.acquire();
          Ndis.interlockedPopEntrySList(new SListHeader("S"), held);
        });
  }

  @Test
  void theLockRemembersTheIrql() {
    onMachine(
        machine -> {
          Irql old = Ke.raiseIrql(APC_LEVEL);
          lock.acquire();
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          head.insertTail(a);
          lock.release();
          assertEquals(APC_LEVEL, Ke.getCurrentIrql());
          Ke.lowerIrql(old);
          Irql low = Ke.raiseIrqlToDpcLevel();
          lock.dprAcquire();
          lock.dprRelease();
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          Ke.lowerIrql(low);
        });
  }

  @Test
  void theSListFormsDoWhatTheExecutivesDo() {
    onMachine(
        machine -> {
          SListHeader header = new SListHeader("S");
          SListEntry first = new SListEntry("a");
          SListEntry second = new SListEntry("b");
          assertNull(Ndis.interlockedPopEntrySList(header, lock));
          assertNull(Ndis.interlockedPushEntrySList(header, first, lock));
          assertSame(first, Ndis.interlockedPushEntrySList(header, second, lock));
          assertSame(second, Ndis.interlockedPopEntrySList(header, lock));
          assertSame(first, Ndis.interlockedPopEntrySList(header, lock));
        });
  }
}
