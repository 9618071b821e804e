package org.cancelsafe.testkit;

import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.Shrinkable;

/** Shrinks as jqwik does, in small: the first smaller one that still fails, until there is none. */
final class Shrunk {
  private Shrunk() {}

  static <T> T of(Arbitrary<T> arbitrary, Predicate<T> fails) {
    RandomGenerator<T> generator = arbitrary.generator(1_000, true);
    Random random = new Random(1);
    Shrinkable<T> smallest = generator.next(random);
    while (!fails.test(smallest.value())) {
      smallest = generator.next(random);
    }
    Optional<Shrinkable<T>> smaller = Optional.of(smallest);
    while (smaller.isPresent()) {
      smallest = smaller.get();
      Shrinkable<T> than = smallest;
      smaller = than.shrink().filter(one -> one.compareTo(than) < 0 && fails.test(one.value())).findFirst();
    }
    return smallest.value();
  }
}
