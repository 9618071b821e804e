package org.cancelsafe.emu.ex;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;

class ListEntryTest {
  private final ListEntry head = new ListEntry("Q");
  private final ListEntry a = new ListEntry((Object) "a");
  private final ListEntry b = new ListEntry((Object) "b");
  private final ListEntry c = new ListEntry((Object) "c");

  @Test
  void insertsAtBothEndsAndInTheMiddle() {
    onMachine(
        machine -> {
          assertTrue(head.isEmpty());
          head.insertTail(b);
          head.insertHead(a);
          c.insertBefore(b);
          assertEquals("(a c b)", head.snapshot());
          assertFalse(head.isEmpty());
          assertSame(a, head.flink());
          assertSame(b, head.blink());
          assertSame(c, b.blink());
          assertSame(head, b.flink());
          assertEquals("a", a.container());
          assertNull(head.container());
        });
  }

  @Test
  void aLongListIsAbbreviated() {
    onMachine(
        machine -> {
          for (int i = 0; i < 5; i++) {
            head.insertTail(new ListEntry((Object) i));
          }
          assertEquals("(0 1 2 3 ..)", head.snapshot());
          assertNull(a.snapshot());
        });
  }

  @Test
  @Statement(241)
  void removeSaysWhetherTheListIsEmptyNow() {
    onMachine(
        machine -> {
          head.insertTail(a);
          head.insertTail(b);
          assertFalse(a.removeEntry());
          assertFalse(a.isLinked());
          assertTrue(b.removeEntry());
          assertTrue(head.isEmpty());
        });
  }

  @Test
  void headsAndTailsAreRemovedInOrderAndAnEmptyListGivesItsHead() {
    onMachine(
        machine -> {
          List.of(a, b, c).forEach(head::insertTail);
          assertSame(a, head.removeHead());
          assertSame(c, head.removeTail());
          assertSame(b, head.removeTail());
          assertSame(head, head.removeHead());
          assertSame(head, head.removeTail());
        });
  }

  @Test
  void aRemovedEntryMayBeInsertedAgain() {
    onMachine(
        machine -> {
          head.insertTail(a);
          a.removeEntry();
          head.insertTail(a);
          assertEquals("(a)", head.snapshot());
        });
  }

  @Test
  void insertingTwice() {
    BugCheck stop =
        stopsWith(
            Rule.CORRUPT_LIST_ENTRY,
            machine -> {
              head.insertTail(a);
              head.insertHead(a);
            });
    assertEquals(0x139, stop.code().code());
    assertEquals(List.of(3, a), stop.parameters());
    assertEquals("the list entry of a is inserted while it is in a list", stop.explanation());
  }

  @Test
  void insertingIntoTwoLists() {
    stopsWith(
        Rule.CORRUPT_LIST_ENTRY,
        machine -> {
          head.insertTail(a);
          new ListEntry("other").insertTail(a);
        });
  }

  @Test
  void removingTwice() {
    BugCheck stop =
        stopsWith(
            Rule.CORRUPT_LIST_ENTRY,
            machine -> {
              head.insertTail(a);
              a.removeEntry();
              a.removeEntry();
            });
    assertEquals("the list entry of a is removed while it is in no list", stop.explanation());
  }

  @Test
  void removingWhatWasNeverInserted() {
    stopsWith(Rule.CORRUPT_LIST_ENTRY, machine -> a.removeEntry());
  }

  @Test
  void insertingBeforeWhatIsInNoList() {
    stopsWith(Rule.CORRUPT_LIST_ENTRY, machine -> a.insertBefore(b));
  }

  @Test
  void insertingIntoWhatIsNoHead() {
    BugCheck stop = stopsWith(Rule.CORRUPT_LIST_ENTRY, machine -> b.insertTail(a));
    assertEquals("the list entry of b is the head of no list", stop.explanation());
    stopsWith(Rule.CORRUPT_LIST_ENTRY, machine -> b.insertHead(a));
  }

  @Test
  @Statement(127)
  void removingAnEntryWhoseLinksPointAtItselfIsHarmless() {
    onMachine(
        machine -> {
          head.insertTail(a);
          head.insertTail(b);
          a.removeEntry();
          a.initialize();
          assertFalse(a.isLinked());
          assertTrue(a.removeEntry());
          assertEquals("(b)", head.snapshot());
        });
  }

  @Test
  void anEntryWhoseLinksPointAtItselfMayBeInserted() {
    onMachine(
        machine -> {
          a.initialize();
          head.insertTail(a);
          assertEquals("(a)", head.snapshot());
        });
  }

  @Test
  void initialisingALinkedEntryCorruptsItsList() {
    BugCheck stop =
        stopsWith(
            Rule.CORRUPT_LIST_ENTRY,
            machine -> {
              head.insertTail(a);
              head.insertTail(b);
              a.initialize();
              b.removeEntry();
            });
    assertEquals("the list entry of b is removed from a list whose links are corrupt", stop.explanation());
    stopsWith(
        Rule.CORRUPT_LIST_ENTRY,
        machine -> {
          ListEntry list = new ListEntry("other");
          list.insertTail(c);
          c.initialize();
          list.insertTail(new ListEntry((Object) "d"));
        });
  }
}
