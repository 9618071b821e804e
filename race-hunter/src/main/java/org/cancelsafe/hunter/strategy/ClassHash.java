package org.cancelsafe.hunter.strategy;

import java.util.Arrays;

/**
 * Names the class that a run belongs to: equivalent runs get the same number, and others, but for bad luck with 64
 * bits, different ones. A step's number is made from its activity's and those of the steps that it comes directly
 * after: the one before it of its activity, and whoever wrote last what it touches. That is enough: whether a read came
 * before a write is in the number of the read. One that is dependent on every other comes after all before it, and
 * before all after it. A run's number is the sum of its steps', so that the order of
 * independent ones does not matter. An activity that is made in the middle of a run is known by the step that made it,
 * since its index depends on who else made one.
 */
final class ClassHash {
  private static final int PARTS = 2;
  private static final int ALL_PARTS = 0b11;

  private long[] label = new long[Long.SIZE];
  private long[] last = new long[Long.SIZE];
  private long[] written = new long[64];
  private int known;
  private long lastStep;
  private long lastExclusive;
  private long sum;

  void beginRun() {
    Arrays.fill(written, 0);
    Arrays.fill(last, 0);
    known = 0;
    lastStep = 0;
    lastExclusive = 0;
    sum = 0;
  }

  /** Whoever is made after this is made by nobody. */
  void atRest(Choice choice) {
    meet(choice.activities());
    lastStep = 0;
  }

  /** The last step has ended the run: it comes after all others. */
  void stopped(Choice choice) {
    meet(choice.activities());
    sum += mix(lastStep + 1);
  }

  /** The run's next step, before it is taken. */
  void add(Choice choice, int activity) {
    meet(choice.activities());
    long footprint = choice.footprint(activity);
    boolean exclusive = Footprint.isExclusive(footprint);
    long step = mix(label[activity] + mix(last[activity] + 1) + lastExclusive);
    step = exclusive ? mix(step ^ sum) : step;
    int object = Footprint.object(footprint);
    int second = Footprint.second(footprint);
    step = after(step, object, Footprint.parts(footprint));
    if (second != 0) {
      step = after(step, second, ALL_PARTS);
    }
    if (Footprint.changes(footprint)) {
      leave(step, object, Footprint.parts(footprint));
    }
    if (second != 0) {
      leave(step, second, ALL_PARTS);
    }
    lastExclusive = exclusive ? step : lastExclusive;
    last[activity] = step;
    lastStep = step;
    sum += mix(step);
  }

  private void meet(int activities) {
    int maker = known;
    for (; known < activities; known++) {
      label[known] = mix(lastStep ^ (lastStep == 0 ? known + 1L : known - maker + 1L));
    }
  }

  private long after(long step, int object, int parts) {
    ensure(object);
    long after = step;
    for (int part = 0; part < PARTS; part++) {
      if ((parts & 1 << part) != 0) {
        int place = object * PARTS + part;
        after = mix(after ^ written[place]);
      }
    }
    return mix(after);
  }

  private void leave(long step, int object, int parts) {
    for (int part = 0; part < PARTS; part++) {
      if ((parts & 1 << part) != 0) {
        written[object * PARTS + part] = step;
      }
    }
  }

  private void ensure(int object) {
    if ((object + 1) * PARTS > written.length) {
      int size = Math.max((object + 1) * PARTS, written.length * 2);
      written = Arrays.copyOf(written, size);
    }
  }

  /** The class of the run so far. */
  long value() {
    return mix(sum);
  }

  /** The finalizer of SplitMix64. */
  static long mix(long z) {
    long mixed = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
    return mixed ^ mixed >>> 31;
  }
}
