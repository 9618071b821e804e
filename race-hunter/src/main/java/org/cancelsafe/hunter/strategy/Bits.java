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
}
