package org.cancelsafe.emu.ex;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.verifier.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ListReturnValuesTest {
  private final ListEntry head = new ListEntry("head");
  private final ListEntry other = new ListEntry("other");
  private final ListEntry a = new ListEntry((Object) "a");
  private final ListEntry b = new ListEntry((Object) "b");
  private final ListEntry c = new ListEntry((Object) "c");

  @Test
  void appendTailListLinksAHeadlessRingBehindTheLastEntry() {
    onMachine(
        machine -> {
          head.insertTail(a);
          other.insertTail(b);
          other.insertTail(c);
          assertFalse(other.removeEntry(), "two entries are left, in a ring");
          head.appendTail(b);
          assertEquals("(a b c)", head.snapshot());
          assertSame(c, head.blink());
          assertSame(b, c.blink());
          assertSame(head, a.blink());
          assertSame(a, head.removeHead());
          assertSame(b, head.removeHead());
          assertSame(c, head.removeHead());
          assertTrue(head.isEmpty());
        });
    stopsWith(Rule.CORRUPT_LIST_ENTRY, machine -> head.appendTail(a));
  }

  @Test
  void sListsSayWhatWasFirst() {
    SListHeader list = new SListHeader("S");
    SListEntry one = new SListEntry("one");
    SListEntry two = new SListEntry("two");
    onMachine(
        machine -> {
          assertNull(list.firstEntry());
          assertNull(list.pushEntry(one));
          assertSame(one, list.pushEntry(two));
          assertEquals(2, list.queryDepth());
          assertSame(two, list.firstEntry());
          assertEquals(2, list.queryDepth());
          assertSame(two, list.popEntry());
          list.pushEntry(two);
          assertSame(two, list.flush());
          assertSame(one, two.next());
          assertNull(list.flush());
          assertNull(list.popEntry());
          assertEquals(0, list.queryDepth());
        });
  }

  @Test
  void interlockedAddReturnsTheSum() {
    onMachine(
        machine -> {
          InterlockedLong number = new InterlockedLong("n", 5);
          assertEquals(8, number.add(3));
          assertEquals(8, number.exchangeAdd(-1));
          assertEquals(7, number.read());
        });
  }

  @Test
  void whoTriesForAReaderWriterLockIsRefusedEvenByItself() {
    onMachine(
        machine -> {
          ExSpinLock lock = new ExSpinLock("L");
          Irql old = Ke.raiseIrqlToDpcLevel();
          lock.acquireExclusiveAtDpcLevel();
          assertFalse(lock.tryAcquireSharedAtDpcLevel());
          assertFalse(lock.tryAcquireExclusiveAtDpcLevel());
          lock.releaseExclusiveFromDpcLevel();
          lock.acquireSharedAtDpcLevel();
          assertFalse(lock.tryAcquireExclusiveAtDpcLevel());
          lock.releaseSharedFromDpcLevel();
          Ke.lowerIrql(old);
        });
  }
}
