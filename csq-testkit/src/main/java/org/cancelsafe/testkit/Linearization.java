package org.cancelsafe.testkit;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.cancelsafe.testkit.History.Event;
import org.cancelsafe.testkit.Operation.Cancel;
import org.cancelsafe.testkit.Operation.Insert;
import org.cancelsafe.testkit.Operation.RemoveNextOfFile;
import org.jspecify.annotations.Nullable;

/**
 * Looks for an order of operations, one after the other, that gives every one the outcome it had, with each operation
 * at some moment between its beginning and its end. The sequential queue is this: an insert puts the IRP in, unless it
 * was cancelled before; a cancel takes it out, if it is in; a removal takes out the first match in the queue's order,
 * if there is one. An IRP that was cancelled before its insert may be taken once more by who cancels it during the
 * insert: either way it ends cancelled. The search is Wing's and Gong's, with Lowe's memory of the states that led
 * nowhere.
 */
final class Linearization {
  private final List<Event> events;
  private final List<Request> requests;
  private final Order order;
  private final Set<State> deadEnds = new HashSet<>();

  /**
   * A state of the search.
   *
   * @param done which operations have had their effect, as bits
   * @param queue the inserts whose IRPs are queued, in the order of their arrival
   * @param cancelled which inserts were cancelled before they were made, as bits
   */
  private record State(long done, List<Integer> queue, long cancelled) {
    State without(int event, int insert) {
      List<Integer> left = new ArrayList<>(queue);
      left.remove((Integer) insert);
      return new State(done | 1L << event, left, cancelled);
    }

    State with(int event, int insert) {
      List<Integer> more = new ArrayList<>(queue);
      more.add(insert);
      return new State(done | 1L << event, more, cancelled);
    }

    State unchanged(int event) {
      return new State(done | 1L << event, queue, cancelled);
    }

    State cancelledEarly(int event, int insert) {
      return new State(done | 1L << event, queue, cancelled | 1L << insert);
    }
  }

  private Linearization(List<Event> events, List<Request> requests, Order order) {
    this.events = events;
    this.requests = requests;
    this.order = order;
  }

  /** Whether there is one. At most 64 operations. */
  static boolean exists(List<Event> events, List<Request> requests, Order order) {
    return new Linearization(events, requests, order).search(new State(0, List.of(), 0));
  }

  private boolean search(State state) {
    if (Long.bitCount(state.done()) == events.size()) {
      return true;
    }
    if (!deadEnds.add(state)) {
      return false;
    }
    int firstEnd = Integer.MAX_VALUE;
    for (int i = 0; i < events.size(); i++) {
      if (!isDone(state, i)) {
        firstEnd = Math.min(firstEnd, events.get(i).ended());
      }
    }
    for (int i = 0; i < events.size(); i++) {
      if (!isDone(state, i) && events.get(i).begun() < firstEnd) {
        State next = after(state, i);
        if (next != null && search(next)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isDone(State state, int event) {
    return (state.done() & 1L << event) != 0;
  }

  /** The state after this operation; null when it would have had another outcome. */
  private @Nullable State after(State state, int index) {
    Event event = events.get(index);
    if (event.operation() instanceof Insert) {
      boolean isIn = (state.cancelled() & 1L << event.insert()) == 0;
      boolean declined = event.outcome() == 0;
      return isIn && !declined ? state.with(index, event.insert()) : state.unchanged(index);
    }
    if (event.operation() instanceof Cancel) {
      boolean wasIn = state.queue().contains(event.insert());
      boolean wasCalled = event.outcome() == 0;
      boolean cancelledBefore = (state.cancelled() & 1L << event.insert()) != 0;
      if (wasIn != wasCalled && !(wasCalled && cancelledBefore)) {
        return null;
      }
      return wasIn ? state.without(index, event.insert()) : state.cancelledEarly(index, event.insert());
    }
    if (event.operation() instanceof Operation.RemoveByContext) {
      boolean isIn = state.queue().contains(event.insert());
      return isIn != (event.outcome() >= 0)
          ? null
          : isIn ? state.without(index, event.insert()) : state.unchanged(index);
    }
    Integer file = event.operation() instanceof RemoveNextOfFile of ? of.file() : null;
    List<Integer> matches =
        state.queue().stream().filter(insert -> file == null || requests.get(insert).file() == file).toList();
    if (event.outcome() < 0) {
      return matches.isEmpty() ? state.unchanged(index) : null;
    }
    return matches.contains(event.outcome()) && isFirst(event.outcome(), matches)
        ? state.without(index, event.outcome())
        : null;
  }

  private boolean isFirst(int candidate, List<Integer> matches) {
    int at = matches.indexOf(candidate);
    for (int i = 0; i < matches.size(); i++) {
      Arrival arrival = i < at ? Arrival.FIRST : Arrival.LAST;
      if (i != at && order.promises(requests.get(matches.get(i)), requests.get(candidate), arrival)) {
        return false;
      }
    }
    return true;
  }
}
