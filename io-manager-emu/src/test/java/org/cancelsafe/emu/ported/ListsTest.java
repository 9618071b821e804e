package org.cancelsafe.emu.ported;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.emu.ex.Ex;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ex.InterlockedPointer;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.ex.Ndis;
import org.cancelsafe.emu.ex.NdisSpinLock;
import org.cancelsafe.emu.ex.SListEntry;
import org.cancelsafe.emu.ex.SListHeader;
import org.cancelsafe.emu.ex.SingleListEntry;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Lists of all kinds, call by call: what is returned, and what is in the list then. */
@Timeout(60)
class ListsTest {
  private final ListEntry head = new ListEntry("head");
  private final ListEntry a = new ListEntry((Object) "a");
  private final ListEntry b = new ListEntry((Object) "b");
  private final ListEntry c = new ListEntry((Object) "c");
  private final KSpinLock lock = new KSpinLock("L");

  private static List<String> entries(ListEntry head) {
    List<String> forward = new ArrayList<>();
    for (ListEntry entry = head.flink(); entry != head; entry = entry.flink()) {
      forward.add(entry.toString());
    }
    List<String> backward = new ArrayList<>();
    for (ListEntry entry = head.blink(); entry != head; entry = entry.blink()) {
      backward.add(0, entry.toString());
    }
    assertEquals(forward, backward);
    return forward;
  }

  @Test
  void aDoublyLinkedList() {
    assertTrue(head.isEmpty());
    assertSame(head, head.flink());
    assertSame(head, head.blink());
    assertSame(head, head.removeHead());
    assertSame(head, head.removeTail());
    head.insertHead(a);
    assertFalse(head.isEmpty());
    head.insertTail(b);
    head.insertHead(c);
    assertEquals(List.of("c", "a", "b"), entries(head));
    assertSame(b, head.removeTail());
    assertEquals(List.of("c", "a"), entries(head));
    head.insertTail(b);
    assertSame(c, head.removeHead());
    assertFalse(a.removeEntry(), "b is left");
    assertEquals(List.of("b"), entries(head));
    assertTrue(b.removeEntry(), "nothing is left");
    assertTrue(head.isEmpty());
  }

  @Test
  void entriesAreAppended() {
    ListEntry others = new ListEntry("others");
    head.insertTail(a);
    others.insertTail(b);
    others.insertTail(c);
    others.removeEntry();
    head.appendTail(b);
    assertEquals(List.of("a", "b", "c"), entries(head));
  }

  @Test
  void whatIsAppendedAloneIsAsIfInserted() {
    a.initialize();
    head.appendTail(a);
    assertEquals(List.of("a"), entries(head));
    assertTrue(a.removeEntry());
  }

  @ParameterizedTest
  @EnumSource(value = Irql.class, names = {"PASSIVE_LEVEL", "APC_LEVEL", "DISPATCH_LEVEL", "DIRQL_5", "HIGH_LEVEL"})
  void anInterlockedListTellsItsFirstOrLastBefore(Irql irql) {
    onMachine(
        machine -> {
          Irql old = Ke.raiseIrql(irql);
          assertNull(Ex.interlockedRemoveHeadList(head, lock));
          assertNull(Ex.interlockedInsertHeadList(head, a, lock));
          assertSame(a, Ex.interlockedInsertHeadList(head, b, lock));
          assertSame(a, Ex.interlockedInsertTailList(head, c, lock));
          assertEquals(List.of("b", "a", "c"), entries(head));
          assertSame(b, Ex.interlockedRemoveHeadList(head, lock));
          assertSame(c, Ex.interlockedInsertTailList(head, b, lock));
          assertSame(a, Ex.interlockedRemoveHeadList(head, lock));
          assertSame(c, Ex.interlockedRemoveHeadList(head, lock));
          assertSame(b, Ex.interlockedRemoveHeadList(head, lock));
          assertNull(Ex.interlockedRemoveHeadList(head, lock));
          assertNull(Ex.interlockedInsertTailList(head, a, lock));
          assertEquals(irql, Ke.getCurrentIrql());
          Ke.lowerIrql(old);
        });
  }

  @Test
  void theListsOfNdisDoToo() {
    onMachine(
        machine -> {
          NdisSpinLock own = new NdisSpinLock("N");
          Irql old = Ke.raiseIrqlToDpcLevel();
          assertNull(Ndis.interlockedRemoveHeadList(head, own));
          assertNull(Ndis.interlockedInsertTailList(head, a, own));
          assertSame(a, Ndis.interlockedInsertTailList(head, b, own));
          assertSame(a, Ndis.interlockedInsertHeadList(head, c, own));
          assertSame(c, Ndis.interlockedRemoveHeadList(head, own));
          assertSame(a, Ndis.interlockedRemoveHeadList(head, own));
          assertSame(b, Ndis.interlockedRemoveHeadList(head, own));
          assertEquals(Irql.DISPATCH_LEVEL, Ke.getCurrentIrql());
          Ke.lowerIrql(old);
        });
  }

  @Test
  void aSinglyLinkedListIsAStack() {
    SingleListEntry top = new SingleListEntry("top");
    SingleListEntry one = new SingleListEntry((Object) "1");
    SingleListEntry two = new SingleListEntry((Object) "2");
    assertNull(top.next());
    assertNull(top.popEntry());
    top.pushEntry(one);
    assertSame(one, top.next());
    assertNull(one.next());
    top.pushEntry(two);
    assertSame(two, top.next());
    assertSame(one, two.next());
    assertSame(two, top.popEntry());
    assertSame(one, top.popEntry());
    assertNull(top.popEntry());
    assertNull(top.next());
  }

  @Test
  void anInterlockedStackTellsItsTopBefore() {
    onMachine(
        machine -> {
          SingleListEntry top = new SingleListEntry("top");
          SingleListEntry one = new SingleListEntry((Object) "1");
          SingleListEntry two = new SingleListEntry((Object) "2");
          assertNull(Ex.interlockedPopEntryList(top, lock));
          assertNull(Ex.interlockedPushEntryList(top, one, lock));
          assertSame(one, Ex.interlockedPushEntryList(top, two, lock));
          assertSame(one, two.next());
          assertSame(two, Ex.interlockedPopEntryList(top, lock));
          assertSame(one, Ex.interlockedPopEntryList(top, lock));
          assertNull(Ex.interlockedPopEntryList(top, lock));
          assertEquals(Irql.PASSIVE_LEVEL, Ke.getCurrentIrql());
        });
  }

  @Test
  void aSequencedListCountsItsEntriesAndItsPushes() {
    onMachine(
        machine -> {
          SListHeader list = new SListHeader("list");
          SListEntry one = new SListEntry("1");
          SListEntry two = new SListEntry("2");
          SListEntry three = new SListEntry("3");
          assertEquals(0, Ex.queryDepthSList(list));
          assertNull(Ex.interlockedPopEntrySList(list, lock));
          assertNull(Ex.interlockedFlushSList(list));
          assertNull(list.firstEntry());
          assertNull(Ex.interlockedPushEntrySList(list, one, lock));
          assertEquals(1, Ex.queryDepthSList(list));
          assertSame(one, Ex.interlockedPushEntrySList(list, two, lock));
          assertSame(two, list.firstEntry());
          assertEquals(2, Ex.queryDepthSList(list));
          assertSame(two, Ex.interlockedPushEntrySList(list, three));
          assertEquals(3, list.sequence());
          assertSame(three, Ex.interlockedPopEntrySList(list));
          assertEquals(2, list.queryDepth());
          assertEquals(3, list.sequence(), "pops are not counted");
          assertSame(two, list.pushEntry(three));
          assertSame(three, list.flush());
          assertSame(two, three.next());
          assertSame(one, two.next());
          assertNull(one.next());
          assertEquals(0, list.queryDepth());
          assertNull(list.popEntry());
          assertEquals(4, list.sequence());
          Ex.initializeSListHead(list);
          assertEquals(0, list.sequence());
        });
  }

  @Test
  void interlockedNumbersTellTheValueBeforeOrAfter() {
    onMachine(
        machine -> {
          InterlockedLong number = new InterlockedLong("N", 5);
          assertEquals(6, number.increment(), "the value after");
          assertEquals(5, number.decrement(), "the value after");
          assertEquals(5, number.exchange(7), "the value before");
          assertEquals(7, number.compareExchange(9, 8), "not stored");
          assertEquals(7, number.read());
          assertEquals(7, number.compareExchange(9, 7));
          assertEquals(9, number.read());
          assertEquals(9, number.exchangeAdd(3));
          assertEquals(12, number.read());
          assertEquals(12, number.or(3));
          assertEquals(15, number.and(6));
          assertEquals(6, number.xor(5));
          assertEquals(3, number.read());
          assertEquals(3, Ex.interlockedAddUlong(number, 0xFFFF_FFFFL, lock), "wraps around");
          assertEquals(2, number.read());
          assertEquals(2, Ex.interlockedAddLargeInteger(number, 1L << 40, lock), "does not");
          assertEquals((1L << 40) + 2, number.read());
          InterlockedPointer<String> pointer = new InterlockedPointer<>("P", null);
          assertNull(pointer.exchange("x"));
          assertEquals("x", pointer.compareExchange("y", "z"));
          assertEquals("x", pointer.compareExchange("y", "x"));
          assertEquals("y", pointer.read());
        });
  }
}
