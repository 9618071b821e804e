package org.cancelsafe.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cancelsafe.csq.FifoCallbacks;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.testkit.History.Event;
import org.cancelsafe.testkit.Operation.Cancel;
import org.cancelsafe.testkit.Operation.Insert;
import org.cancelsafe.testkit.Operation.RemoveByContext;
import org.cancelsafe.testkit.Operation.RemoveNext;
import org.cancelsafe.testkit.Operation.RemoveNextOfFile;
import org.junit.jupiter.api.Test;

/** Which histories have an order of operations that explains them. Two inserts, #0 of file 0 and #1 of file 1. */
class LinearizationTest {
  private static final int NULL = -1;
  private static final int CALLED = 0;
  private static final int NOT_CALLED = -1;

  private final List<Event> events = new ArrayList<>();

  private LinearizationTest insert(int number, int begun, int ended) {
    events.add(new Event(new Insert(number, number, true), number, -1, begun, ended));
    return this;
  }

  private LinearizationTest next(int outcome, int begun, int ended) {
    events.add(new Event(new RemoveNext(), -1, outcome, begun, ended));
    return this;
  }

  private LinearizationTest nextOf(int file, int outcome, int begun, int ended) {
    events.add(new Event(new RemoveNextOfFile(file), -1, outcome, begun, ended));
    return this;
  }

  private LinearizationTest remove(int number, int outcome, int begun, int ended) {
    events.add(new Event(new RemoveByContext(number), number, outcome, begun, ended));
    return this;
  }

  private LinearizationTest cancel(int number, int outcome, int begun, int ended) {
    events.add(new Event(new Cancel(number), number, outcome, begun, ended));
    return this;
  }

  private boolean isExplained(Order order) {
    AtomicBoolean explained = new AtomicBoolean();
    try (Machine machine = Machine.live().build()) {
      machine.run(
          () -> {
            QueueUnderTest queue = QueueUnderTest.of(new FifoCallbacks("queue"));
            Requests requests = new Requests(queue, Terms.of(order), machine);
            requests.prepare(0, new Insert(0, 0, true));
            requests.prepare(0, new Insert(1, 1, true));
            explained.set(Linearization.exists(events, requests.all(), order));
          });
    }
    return explained.get();
  }

  @Test
  void oneAfterTheOther() {
    assertTrue(insert(0, 1, 2).insert(1, 3, 4).next(0, 5, 6).next(1, 7, 8).next(NULL, 9, 10).isExplained(Order.FIFO));
  }

  @Test
  void theOrderCounts() {
    insert(0, 1, 2).insert(1, 3, 4).next(1, 5, 6).next(0, 7, 8);
    assertFalse(isExplained(Order.FIFO));
    assertFalse(isExplained(Order.PRIORITY));
    assertTrue(isExplained(Order.NONE));
    assertTrue(isExplained(Order.FIFO_BY_FILE));
  }

  @Test
  void insertsAtOnceMayArriveInEitherOrder() {
    assertTrue(insert(0, 1, 4).insert(1, 2, 3).next(1, 5, 6).next(0, 7, 8).isExplained(Order.FIFO));
  }

  @Test
  void nothingComesOutBeforeItWentIn() {
    assertFalse(next(0, 1, 2).insert(0, 3, 4).isExplained(Order.NONE));
    events.clear();
    assertTrue(next(0, 1, 5).insert(0, 2, 3).isExplained(Order.FIFO));
  }

  @Test
  void nothingComesOutTwice() {
    assertFalse(insert(0, 1, 2).next(0, 3, 6).remove(0, 0, 4, 5).isExplained(Order.FIFO));
  }

  @Test
  void anEmptyHandNeedsAnEmptyQueue() {
    assertFalse(insert(0, 1, 2).next(NULL, 3, 4).isExplained(Order.FIFO));
    events.clear();
    assertTrue(insert(0, 1, 4).next(NULL, 2, 3).isExplained(Order.FIFO));
    events.clear();
    assertTrue(insert(0, 1, 2).nextOf(1, NULL, 3, 4).isExplained(Order.FIFO));
    events.clear();
    assertFalse(insert(0, 1, 2).nextOf(1, 0, 3, 4).isExplained(Order.FIFO));
  }

  @Test
  void aCancelTakesTheIrpAway() {
    assertTrue(insert(0, 1, 2).cancel(0, CALLED, 3, 4).next(NULL, 5, 6).isExplained(Order.FIFO));
    events.clear();
    assertFalse(insert(0, 1, 2).cancel(0, CALLED, 3, 4).next(0, 5, 6).isExplained(Order.FIFO));
    events.clear();
    assertFalse(insert(0, 1, 2).cancel(0, NOT_CALLED, 3, 4).next(0, 5, 6).isExplained(Order.FIFO));
  }

  @Test
  void whatWasCancelledBeforeNeverGetsIn() {
    assertTrue(cancel(0, NOT_CALLED, 1, 2).insert(0, 3, 4).next(NULL, 5, 6).isExplained(Order.FIFO));
    events.clear();
    assertFalse(cancel(0, NOT_CALLED, 1, 2).insert(0, 3, 4).next(0, 5, 6).isExplained(Order.FIFO));
  }

  @Test
  void aSecondCancelMayFindTheIrpDuringItsInsert() {
    assertTrue(cancel(0, NOT_CALLED, 1, 2).insert(0, 3, 6).cancel(0, CALLED, 4, 5).isExplained(Order.FIFO));
  }

  @Test
  void anEventReadsAsAnOperation() {
    assertEquals(
        "2..3: #0 = insert(file 0, priority 0, with context) -> taken",
        insert(0, 2, 3).events.get(0).toString());
    assertEquals("1..2: cancel(#0) -> TRUE", new Event(new Cancel(0), 0, CALLED, 1, 2).toString());
    assertEquals("1..2: removeNext() -> NULL", new Event(new RemoveNext(), -1, NULL, 1, 2).toString());
  }
}
