package org.cancelsafe.testkit;

/** The order in which a queue promises to hand out the IRPs that are not cancelled. */
public enum Order {
  /** None. */
  NONE {
    @Override
    boolean promises(Request first, Request second) {
      return false;
    }
  },
  /** First in, first out. */
  FIFO {
    @Override
    boolean promises(Request first, Request second) {
      return first.insertedBefore(second);
    }
  },
  /** Lower priority numbers first, equals first in, first out. */
  PRIORITY {
    @Override
    boolean promises(Request first, Request second) {
      return first.priority() < second.priority()
          || first.priority() == second.priority() && first.insertedBefore(second);
    }
  };

  /** Whether the first is to come out before the second, both being in the queue. */
  abstract boolean promises(Request first, Request second);
}
