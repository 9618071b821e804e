package org.cancelsafe.hunter.explore;

import java.util.Arrays;

/** How far each activity had got as far as somebody can know. */
final class VectorClock {
  private int[] times;

  VectorClock() {
    times = new int[8];
  }

  int get(int activity) {
    return activity < times.length ? times[activity] : 0;
  }

  void tick(int activity) {
    ensure(activity);
    times[activity]++;
  }

  void set(int activity, int time) {
    ensure(activity);
    times[activity] = time;
  }

  void join(VectorClock other) {
    ensure(other.times.length - 1);
    for (int i = 0; i < other.times.length; i++) {
      times[i] = Math.max(times[i], other.times[i]);
    }
  }

  void clear() {
    Arrays.fill(times, 0);
  }

  /** The first activity that has got further here than there; -1 when there is none. */
  int firstBeyond(VectorClock other) {
    for (int i = 0; i < times.length; i++) {
      if (times[i] > other.get(i)) {
        return i;
      }
    }
    return -1;
  }

  private void ensure(int activity) {
    if (activity >= times.length) {
      times = Arrays.copyOf(times, Math.max(activity + 1, times.length * 2));
    }
  }
}
