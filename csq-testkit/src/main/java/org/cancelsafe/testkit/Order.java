package org.cancelsafe.testkit;

/** The order in which a queue promises to hand out the IRPs that are not cancelled. */
public enum Order {
  /** None. */
  NONE {
    @Override
    boolean promises(Request first, Request second, boolean arrivedFirst) {
      return false;
    }
  },
  /** First in, first out. */
  FIFO {
    @Override
    boolean promises(Request first, Request second, boolean arrivedFirst) {
      return arrivedFirst;
    }
  },
  /** First in, first out among the IRPs of one file; none between files. */
  FIFO_BY_FILE {
    @Override
    boolean promises(Request first, Request second, boolean arrivedFirst) {
      return first.file() == second.file() && arrivedFirst;
    }
  },
  /** Lower priority numbers first, equals first in, first out. */
  PRIORITY {
    @Override
    boolean promises(Request first, Request second, boolean arrivedFirst) {
      return first.priority() < second.priority() || first.priority() == second.priority() && arrivedFirst;
    }
  };

  /**
   * Whether the first is to come out before the second, both being in the queue.
   *
   * @param arrivedFirst whether the first was inserted first
   */
  abstract boolean promises(Request first, Request second, boolean arrivedFirst);
}
