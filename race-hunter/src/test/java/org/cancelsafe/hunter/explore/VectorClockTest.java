package org.cancelsafe.hunter.explore;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VectorClockTest {
  private static VectorClock at(int activity, int time) {
    VectorClock clock = new VectorClock();
    clock.set(activity, time);
    return clock;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 15, 16, 63})
  void aJoinForgetsNobody(int activity) {
    VectorClock clock = at(2, 5);
    clock.join(at(activity, 9));
    assertEquals(9, clock.get(activity));
    assertEquals(activity == 2 ? 9 : 5, clock.get(2));
    clock.join(at(activity, 3));
    assertEquals(9, clock.get(activity));
    clock.tick(activity);
    assertEquals(10, clock.get(activity));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 8, 63})
  void whoeverHasGotFurtherIsBeyond(int activity) {
    VectorClock clock = at(activity, 4);
    assertEquals(activity, clock.firstBeyond(new VectorClock()));
    assertEquals(activity, clock.firstBeyond(at(activity, 3)));
    assertEquals(-1, clock.firstBeyond(at(activity, 4)));
    clock.clear();
    assertEquals(-1, clock.firstBeyond(new VectorClock()));
  }

  @Test
  void nobodyHasGotAnywhereAtFirst() {
    assertEquals(0, new VectorClock().get(63));
    assertEquals(-1, new VectorClock().firstBeyond(new VectorClock()));
  }
}
