package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.machine.Irql.APC_LEVEL;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.emu.verifier.Verifier;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KDeviceQueueTest {
  private final KDeviceQueue queue = new KDeviceQueue("D");
  private final KDeviceQueueEntry a = new KDeviceQueueEntry("a");
  private final KDeviceQueueEntry b = new KDeviceQueueEntry("b");
  private final KDeviceQueueEntry c = new KDeviceQueueEntry("c");
  private final KDeviceQueueEntry d = new KDeviceQueueEntry("d");

  private static void atDispatch(Runnable body) {
    onMachine(
        machine -> {
          Irql old = Ke.raiseIrqlToDpcLevel();
          body.run();
          assertEquals(DISPATCH_LEVEL, Ke.getCurrentIrql());
          Ke.lowerIrql(old);
        });
  }

  @Test
  @Statement(140)
  void insertIntoAQueueThatIsNotBusyMakesItBusyAndLinksNothing() {
    atDispatch(
        () -> {
          assertFalse(queue.isBusy());
          assertFalse(queue.insert(a));
          assertTrue(queue.isBusy());
          assertFalse(a.isInserted());
          assertEquals("busy ()", queue.snapshot());
        });
  }

  @Test
  @Statement(141)
  void insertIntoABusyQueueLinksAtTheTail() {
    atDispatch(
        () -> {
          queue.insert(a);
          assertTrue(queue.insert(b));
          assertTrue(queue.insert(c));
          assertTrue(b.isInserted());
          assertEquals("busy (b c)", queue.snapshot());
          assertSame(b, queue.remove());
          assertFalse(b.isInserted());
          assertSame(c, queue.remove());
        });
  }

  @Test
  @Statement(142)
  void equalKeysKeepTheOrderOfArrival() {
    atDispatch(
        () -> {
          assertFalse(queue.insertByKey(a, 5));
          assertTrue(queue.insertByKey(a, 5));
          assertTrue(queue.insertByKey(b, 5));
          assertTrue(queue.insertByKey(c, 4));
          assertTrue(queue.insertByKey(d, 5));
          assertEquals("busy (c a b d)", queue.snapshot());
          assertEquals(4, c.sortKey());
        });
  }

  @Test
  @Statement(143)
  void removeFromABusyEmptyQueueMakesItNotBusy() {
    atDispatch(
        () -> {
          queue.insert(a);
          assertNull(queue.remove());
          assertFalse(queue.isBusy());
          assertFalse(queue.insertByKey(a, 1));
          assertNull(queue.removeByKey(1));
          assertEquals("idle ()", queue.snapshot());
        });
  }

  @Test
  @Statement(144)
  void removeFromAQueueThatIsNotBusy() {
    for (Verifier verifier : Verifier.values()) {
      BugCheck stop =
          stopsWith(
              Rule.DEVICE_QUEUE_NOT_BUSY,
              Machine.live().verifier(verifier),
              machine -> {
                Ke.raiseIrqlToDpcLevel();
                queue.remove();
              });
      assertEquals(0x2, stop.code().code());
    }
    stopsWith(
        Rule.DEVICE_QUEUE_NOT_BUSY,
        machine -> {
          Ke.raiseIrqlToDpcLevel();
          queue.removeByKey(0);
        });
    atDispatch(() -> assertNull(queue.removeByKeyIfBusy(0)));
  }

  private void fill() {
    queue.insert(a);
    queue.insertByKey(a, 10);
    queue.insertByKey(b, 20);
    queue.insertByKey(c, 20);
    queue.insertByKey(d, 30);
  }

  @Test
  @Statement(145)
  void removeByKeyTakesTheFirstWhoseKeyIsAtLeastThat() {
    atDispatch(
        () -> {
          fill();
          assertSame(b, queue.removeByKey(11));
          assertSame(c, queue.removeByKey(20));
          assertSame(d, queue.removeByKeyIfBusy(20));
          assertEquals("busy (a)", queue.snapshot());
        });
  }

  @Test
  @Statement(146)
  void removeByKeyTakesTheFirstOfAllWhenAllKeysAreSmaller() {
    atDispatch(
        () -> {
          fill();
          assertSame(a, queue.removeByKey(31));
          assertEquals("busy (b c d)", queue.snapshot());
        });
  }

  @Test
  @Statement(147)
  void removeEntryTellsWhetherTheEntryWaited() {
    atDispatch(
        () -> {
          fill();
          assertTrue(queue.removeEntry(c));
          assertFalse(queue.removeEntry(c));
          assertFalse(new KDeviceQueue("other").removeEntry(a));
          assertEquals("busy (a b d)", queue.snapshot());
          assertTrue(queue.removeEntry(a));
          assertTrue(queue.removeEntry(b));
          assertTrue(queue.removeEntry(d));
          assertFalse(queue.removeEntry(d));
          assertTrue(queue.isBusy());
          assertNull(queue.remove());
        });
  }

  @Test
  @Statement(148)
  void removeEntryWorksBelowDispatchAndRestoresTheIrql() {
    atDispatch(this::fill);
    onMachine(
        machine -> {
          assertTrue(queue.removeEntry(a));
          assertEquals(Irql.PASSIVE_LEVEL, Ke.getCurrentIrql());
          Irql old = Ke.raiseIrql(APC_LEVEL);
          assertTrue(queue.removeEntry(b));
          assertEquals(APC_LEVEL, Ke.getCurrentIrql());
          Ke.lowerIrql(old);
        });
    stopsWith(
        Rule.IRQL_DISPATCH_LTE,
        machine -> {
          Ke.raiseIrql(Irql.DIRQL_3);
          queue.removeEntry(c);
        });
  }

  @Test
  void theOthersAreForDispatchLevel() {
    BugCheck stop = stopsWith(Rule.IRQL_DISPATCH, machine -> queue.insert(a));
    assertEquals("[131075, 0]", stop.parameters().toString());
    assertEquals("KeInsertDeviceQueue(D) at PASSIVE_LEVEL", stop.explanation());
    stopsWith(Rule.IRQL_DISPATCH, machine -> queue.insertByKey(a, 1));
    stopsWith(Rule.IRQL_DISPATCH, machine -> queue.remove());
    stopsWith(Rule.IRQL_DISPATCH, machine -> queue.removeByKey(1));
    stopsWith(Rule.IRQL_DISPATCH, machine -> queue.removeByKeyIfBusy(1));
    stopsWith(
        Rule.IRQL_DISPATCH,
        machine -> {
          Ke.raiseIrql(Irql.DIRQL_3);
          queue.insert(a);
        });
  }

  @Test
  void insertingTwice() {
    stopsWith(
        Rule.CORRUPT_LIST_ENTRY,
        machine -> {
          Ke.raiseIrqlToDpcLevel();
          queue.insert(a);
          queue.insert(b);
          queue.insert(b);
        });
  }
}
