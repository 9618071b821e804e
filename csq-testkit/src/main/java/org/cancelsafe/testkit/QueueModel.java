package org.cancelsafe.testkit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a queue holds if its callbacks do what they are for: the requests, in the order of their arrival. */
final class QueueModel {
  private final Order order;
  private final List<Request> present = new ArrayList<>();

  QueueModel(Order order) {
    this.order = order;
  }

  void insert(Request request) {
    present.add(request);
  }

  void remove(Request request) {
    present.remove(request);
  }

  boolean holds(Request request) {
    return present.contains(request);
  }

  List<Request> present() {
    return List.copyOf(present);
  }

  /** Those of this file, or all when that is null, but for those that were seen already. */
  List<Request> matches(@Nullable Integer file, List<Request> seen) {
    return present.stream()
        .filter(request -> (file == null || request.file() == file) && !seen.contains(request))
        .toList();
  }

  /**
   * One of these, which are in the order of their arrival, that must come out before this one of them, or null. Those
   * that are being cancelled need not come out at all.
   */
  @Nullable Request mustComeBefore(Request next, List<Request> matches) {
    Arrival arrival = Arrival.FIRST;
    for (Request other : matches) {
      if (other == next) {
        arrival = Arrival.LAST;
      } else if (order.promises(other, next, arrival) && !other.isBeingCancelled()) {
        return other;
      }
    }
    return null;
  }
}
