package org.cancelsafe.hunter.strategy;

/**
 * Draws runs at random. Each is made from its number, and from what was known when its round began; the rounds begin at
 * the powers of two. So several threads can share the numbers out, and make the runs that one would.
 */
public interface Sampler extends Strategy {
  /** The next run is the one with this number, counted from 1. */
  void goTo(long run);

  /** What it has learnt of the scenario: how many steps the longest run had, as far as that is of use. */
  default int longest() {
    return 0;
  }

  /** Before a round begins: some run had so many steps. */
  default void learn(int longest) {}

  @Override
  default boolean isExhaustive() {
    return false;
  }
}
