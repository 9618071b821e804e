package org.cancelsafe.testkit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one thread removed, in order. */
final class Removals {
  private record Removal(Request request, @Nullable Integer file, boolean next) {
    boolean lookedAt(Request other) {
      return next && (file == null || file == other.file());
    }
  }

  private final Order order;
  private final List<Removal> removals = new ArrayList<>();

  Removals(Order order) {
    this.order = order;
  }

  /** It came as the next one, of this file if that is not null. */
  void next(Request request, @Nullable Integer file) {
    removals.add(new Removal(request, file, true));
  }

  /** It was removed by its context. */
  void byContext(Request request) {
    removals.add(new Removal(request, null, false));
  }

  /**
   * Checks the order. Whatever came later was in the queue when the earlier one was chosen, if it was inserted before.
   *
   * @param quiet whether nothing was inserted meanwhile, so that all of it was in the queue from the beginning
   */
  void judge(boolean quiet) {
    for (int later = 1; later < removals.size(); later++) {
      Request late = removals.get(later).request();
      for (Removal early : removals.subList(0, later)) {
        Arrival arrival = Arrival.of(late, early.request());
        boolean wasThere = quiet || arrival == Arrival.FIRST;
        if (wasThere && early.lookedAt(late) && order.promises(late, early.request(), arrival)) {
          throw new ContractViolation(
              Clause.ORDER,
              early.request() + " was removed before " + late + ", against the order " + order);
        }
      }
    }
  }
}
