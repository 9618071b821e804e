package org.cancelsafe.hunter.strategy;

/** Sets of activities. */
final class Bits {
  private Bits() {}

  /** The n-th activity of the set, counted from 0. */
  static int nth(long set, int n) {
    long rest = set;
    for (int i = 0; i < n; i++) {
      rest &= rest - 1;
    }
    return Long.numberOfTrailingZeros(rest);
  }

  /** Who is tried before this one of the set at a node that begins with the first and then takes them in order. */
  static long before(int chosen, int first, long set) {
    return chosen == first ? 0 : 1L << first | set & (1L << chosen) - 1;
  }
}
