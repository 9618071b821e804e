package org.cancelsafe.hunter.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Which steps can be swapped: everything that is pruned rests on it, and it must not matter who is asked about whom. */
class FootprintTest {
  private static final int ONE_PART = 0b01;
  private static final int OTHER_PART = 0b10;
  private static final int WHOLE = 0b11;

  private static long reads(int object, int parts) {
    return Footprint.of(object, parts, false);
  }

  private static long writes(int object, int parts) {
    return Footprint.of(object, parts, true);
  }

  private static long readsAndChanges(int object, int second) {
    return Footprint.andChanges(reads(object, WHOLE), second);
  }

  private static Arguments pair(boolean dependent, long one, long other) {
    return Arguments.of(dependent, one, other);
  }

  static Stream<Arguments> pairs() {
    return Stream.of(
        pair(false, reads(1, WHOLE), reads(1, WHOLE)),
        pair(true, writes(1, WHOLE), reads(1, WHOLE)),
        pair(true, writes(1, WHOLE), writes(1, WHOLE)),
        pair(false, writes(1, WHOLE), writes(2, WHOLE)),
        pair(false, writes(1, WHOLE), writes(0x801, WHOLE)),
        pair(false, writes(1, ONE_PART), writes(1, OTHER_PART)),
        pair(true, writes(1, ONE_PART), reads(1, WHOLE)),
        pair(true, writes(1, OTHER_PART), reads(1, WHOLE)),
        pair(true, reads(1, OTHER_PART), writes(1, WHOLE)),
        pair(true, readsAndChanges(1, 2), reads(2, ONE_PART)),
        pair(true, readsAndChanges(1, 3), readsAndChanges(2, 3)),
        pair(true, readsAndChanges(1, 3), readsAndChanges(1, 3)),
        pair(true, readsAndChanges(1, 2), readsAndChanges(2, 1)),
        pair(true, readsAndChanges(1, 2), readsAndChanges(2, 3)),
        pair(false, readsAndChanges(1, 3), readsAndChanges(2, 4)),
        pair(false, readsAndChanges(1, 3), readsAndChanges(1, 4)),
        pair(false, readsAndChanges(1, 3), writes(2, WHOLE)),
        pair(true, Footprint.exclusive(reads(1, WHOLE)), reads(2, WHOLE)),
        pair(false, Footprint.waits(reads(1, WHOLE), true), Footprint.waits(writes(2, WHOLE), true)));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void whatCannotBeSwappedIsDependent(boolean dependent, long one, long other) {
    assertEquals(dependent, Footprint.dependent(one, other));
    assertEquals(dependent, Footprint.dependent(other, one));
  }
}
