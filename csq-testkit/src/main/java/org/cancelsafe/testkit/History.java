package org.cancelsafe.testkit;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the operations of a run returned, and which of them were over before which began. */
final class History {
  private final AtomicInteger clock = new AtomicInteger();
  private final Queue<Event> events = new ConcurrentLinkedQueue<>();

  /**
   * One operation.
   *
   * @param operation what was done
   * @param insert the number of the insert it is about, or -1
   * @param outcome the number of the insert whose IRP came out, or -1; of a cancel and an insert, 0 when the cancel
   *     routine was called, or the IRP was declined
   * @param begun when it began
   * @param ended when it ended
   */
  record Event(Operation operation, int insert, int outcome, int begun, int ended) {
    @Override
    public String toString() {
      String what = operation instanceof Operation.Insert ? "#" + insert + " = " + operation : operation.toString();
      return begun + ".." + ended + ": " + what + " -> " + outcomeText();
    }

    private String outcomeText() {
      if (operation instanceof Operation.Cancel) {
        return outcome == 0 ? "TRUE" : "FALSE";
      }
      if (operation instanceof Operation.Insert) {
        return outcome == 0 ? "declined" : "taken";
      }
      return outcome < 0 ? "NULL" : "#" + outcome;
    }
  }

  /** Does an operation that yields an outcome, and remembers both. */
  void record(Operation operation, int insert, Supplier<Integer> body) {
    int begun = clock.incrementAndGet();
    int outcome = body.get();
    events.add(new Event(operation, insert, outcome, begun, clock.incrementAndGet()));
  }

  /** The number of this request as an outcome. */
  static int outcome(@Nullable Request request) {
    return request == null ? -1 : request.number();
  }

  List<Event> events() {
    return List.copyOf(events);
  }
}
