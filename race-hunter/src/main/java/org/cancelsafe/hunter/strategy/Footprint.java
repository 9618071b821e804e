package org.cancelsafe.hunter.strategy;

/**
 * What a step touches, and how, packed into a long: searches compare steps very often. Two steps are dependent when
 * they touch something in common and one of them changes it, or when one can decide whether the other is possible.
 *
 * <p>A step is about one object or about two, numbered from 1 within a run, and about some of the first one's parts.
 * What takes or leaves a processor, where there are too few of them, can make any other step impossible or possible.
 */
public final class Footprint {
  private static final long PARTS = 0b11;
  private static final int CHANGED = 2;
  private static final long EXCLUSIVE = 1L << 4;
  private static final long WAITS = 1L << 6;
  private static final long GATE = 1L << 7;
  private static final int OBJECT = 8;
  private static final int SECOND = 32;
  private static final long NUMBER = (1L << 24) - 1;

  private Footprint() {}

  /**
   * The footprint of a step on an object.
   *
   * @param object the object's number
   * @param parts which of its parts, as a bit set
   */
  public static long of(int object, int parts, boolean changes) {
    return (long) object << OBJECT | parts | (changes ? (long) parts << CHANGED : 0);
  }

  /** It changes this other object too. */
  public static long andChanges(long footprint, int object) {
    return footprint | (long) object << SECOND;
  }

  /** It can make any other step possible or impossible. */
  public static long exclusive(long footprint) {
    return footprint | EXCLUSIVE;
  }

  /**
   * It is possible only when its object lets it.
   *
   * @param asOthers whether it then lets everybody who waits for it
   */
  public static long waits(long footprint, boolean asOthers) {
    return footprint | WAITS | (asOthers ? GATE : 0);
  }

  /** Whether the two cannot be swapped. */
  public static boolean dependent(long one, long other) {
    if (((one | other) & EXCLUSIVE) != 0) {
      return true;
    }
    boolean conflict = ((one & other >>> CHANGED | other & one >>> CHANGED) & PARTS) != 0;
    if (conflict && ((one ^ other) >>> OBJECT & NUMBER) == 0) {
      return true;
    }
    return (one | other) >>> SECOND != 0 && shareSecond(one, other);
  }

  private static boolean shareSecond(long one, long other) {
    int second = second(one);
    int otherSecond = second(other);
    return second != 0 && (second == object(other) || second == otherSecond) || otherSecond == object(one);
  }

  /** Whether the step is dependent on every other one. */
  static boolean isExclusive(long footprint) {
    return (footprint & EXCLUSIVE) != 0;
  }

  /** Whether the step is possible only when its object lets it. */
  static boolean waits(long footprint) {
    return (footprint & WAITS) != 0;
  }

  /** Whether the object lets either everybody or nobody who waits for it. */
  static boolean waitsAsOthers(long footprint) {
    return (footprint & GATE) != 0;
  }

  /** Which parts of its object the step touches, as a bit set. */
  static int parts(long footprint) {
    return (int) (footprint & PARTS);
  }

  /** Whether it changes those parts. */
  static boolean changes(long footprint) {
    return (footprint >>> CHANGED & PARTS) != 0;
  }

  /** The number of the object that the step is about. */
  public static int object(long footprint) {
    return (int) (footprint >>> OBJECT & NUMBER);
  }

  static int second(long footprint) {
    return (int) (footprint >>> SECOND & NUMBER);
  }
}
