package org.cancelsafe.emu.ex;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SinglyLinkedListTest {
  private final KSpinLock lock = new KSpinLock("L");
  private final SingleListEntry list = new SingleListEntry("S");
  private final SingleListEntry x = new SingleListEntry((Object) "x");
  private final SingleListEntry y = new SingleListEntry((Object) "y");
  private final SListHeader header = new SListHeader("H");
  private final SListEntry a = new SListEntry("a");
  private final SListEntry b = new SListEntry("b");
  private final SListEntry c = new SListEntry("c");

  @Test
  void plainPushAndPop() {
    onMachine(
        machine -> {
          assertNull(list.popEntry());
          list.pushEntry(x);
          list.pushEntry(y);
          assertSame(y, list.next());
          assertSame(x, y.next());
          assertSame(y, list.popEntry());
          assertSame(x, list.popEntry());
          assertNull(list.popEntry());
          assertEquals("x", x.container());
        });
  }

  @Test
  void interlockedPushReturnsTheOldFirstEntry() {
    onMachine(
        machine -> {
          assertNull(Ex.interlockedPopEntryList(list, lock));
          assertNull(Ex.interlockedPushEntryList(list, x, lock));
          assertSame(x, Ex.interlockedPushEntryList(list, y, lock));
          assertSame(y, Ex.interlockedPopEntryList(list, lock));
          assertSame(x, Ex.interlockedPopEntryList(list, lock));
          assertNull(Ex.interlockedPopEntryList(list, lock));
        });
  }

  @Test
  @Statement(237)
  void mixingInterlockedAndPlainCalls() {
    stopsWith(
        Rule.INTERLOCKED_LIST,
        machine -> {
          Ex.interlockedPushEntryList(list, x, lock);
          list.popEntry();
        });
    stopsWith(
        Rule.INTERLOCKED_LIST,
        machine -> {
          SingleListEntry own = new SingleListEntry("O");
          own.pushEntry(y);
          Ex.interlockedPopEntryList(own, lock);
        });
    stopsWith(
        Rule.INTERLOCKED_LIST,
        machine -> {
          SingleListEntry own = new SingleListEntry("O");
          Ex.interlockedPopEntryList(own, lock);
          own.pushEntry(new SingleListEntry((Object) "z"));
        });
  }

  @Test
  void anSListIsAStackAndKnowsItsDepth() {
    onMachine(
        machine -> {
          assertNull(Ex.interlockedPopEntrySList(header));
          assertNull(Ex.interlockedPushEntrySList(header, a));
          assertSame(a, Ex.interlockedPushEntrySList(header, b, lock));
          assertEquals(2, Ex.queryDepthSList(header));
          assertSame(b, Ex.interlockedPopEntrySList(header));
          assertNull(b.next());
          assertSame(a, Ex.interlockedPopEntrySList(header, lock));
          assertEquals(0, Ex.queryDepthSList(header));
          Ex.interlockedPushEntrySList(header, a);
          assertEquals(3, header.sequence());
          Ex.initializeSListHead(header);
          assertEquals("0", header.snapshot());
        });
  }

  @Test
  @Statement(240)
  void flushEmptiesTheListAndReturnsTheFormerFirst() {
    onMachine(
        machine -> {
          assertNull(Ex.interlockedFlushSList(header));
          Ex.interlockedPushEntrySList(header, a);
          Ex.interlockedPushEntrySList(header, b);
          Ex.interlockedPushEntrySList(header, c);
          assertSame(c, Ex.interlockedFlushSList(header));
          assertSame(b, c.next());
          assertSame(a, b.next());
          assertNull(a.next());
          assertEquals(0, Ex.queryDepthSList(header));
          assertNull(Ex.interlockedPopEntrySList(header));
          assertNull(Ex.interlockedPushEntrySList(header, b));
        });
  }

  @Test
  void pushingTwice() {
    stopsWith(
        Rule.CORRUPT_LIST_ENTRY,
        machine -> {
          Ex.interlockedPushEntrySList(header, a);
          Ex.interlockedPushEntrySList(new SListHeader("other"), a);
        });
  }

  @Test
  void manyThreadsPopAndPushTheSameEntries() {
    AtomicInteger inside = new AtomicInteger();
    onProcessors(
        2,
        machine -> {
          Ex.interlockedPushEntrySList(header, a);
          Ex.interlockedPushEntrySList(header, b);
          for (int t = 0; t < 3; t++) {
            machine.startThread(
                "T" + t,
                () -> {
                  for (int n = 0; n < 3_000; n++) {
                    SListEntry entry = Ex.interlockedPopEntrySList(header);
                    if (entry != null) {
                      assertEquals(true, inside.incrementAndGet() <= 2);
                      inside.decrementAndGet();
                      Ex.interlockedPushEntrySList(header, entry);
                    }
                  }
                });
          }
        });
    assertEquals("2", header.snapshot());
  }
}
