package org.cancelsafe.testkit;

/** The order in which a queue promises to hand out the IRPs that are not cancelled. */
public enum Order {
  /** None. */
  NONE {
    @Override
    boolean promises(Request first, Request second, Arrival arrival) {
      return false;
    }
  },
  /** First in, first out. */
  FIFO {
    @Override
    boolean promises(Request first, Request second, Arrival arrival) {
      return arrival == Arrival.FIRST;
    }
  },
  /** Last in, first out. */
  LIFO {
    @Override
    boolean promises(Request first, Request second, Arrival arrival) {
      return arrival == Arrival.LAST;
    }
  },
  /** First in, first out among the IRPs of one file; none between files. */
  FIFO_BY_FILE {
    @Override
    boolean promises(Request first, Request second, Arrival arrival) {
      return first.file() == second.file() && arrival == Arrival.FIRST;
    }
  },
  /** Lower priority numbers first, equals first in, first out. */
  PRIORITY {
    @Override
    boolean promises(Request first, Request second, Arrival arrival) {
      return first.priority() < second.priority()
          || first.priority() == second.priority() && arrival == Arrival.FIRST;
    }
  };

  /**
   * Whether the first is to come out before the second, both being in the queue.
   *
   * @param arrival when the first was inserted, of these two
   */
  abstract boolean promises(Request first, Request second, Arrival arrival);
}
