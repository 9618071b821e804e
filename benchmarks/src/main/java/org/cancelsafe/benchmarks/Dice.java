package org.cancelsafe.benchmarks;

/** A cheap, seeded random sequence. */
final class Dice {
  private long state = 0x9E3779B97F4A7C15L;

  int below(int bound) {
    state ^= state << 13;
    state ^= state >>> 7;
    state ^= state << 17;
    return (int) (((state >>> 33) * bound) >>> 31);
  }

  void shuffle(Object[] array) {
    for (int i = array.length - 1; i > 0; i--) {
      int j = below(i + 1);
      Object swapped = array[i];
      array[i] = array[j];
      array[j] = swapped;
    }
  }
}
