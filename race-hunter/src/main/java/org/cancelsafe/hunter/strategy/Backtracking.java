package org.cancelsafe.hunter.strategy;

import java.util.Arrays;

/**
 * A stateless search through a tree of choices, depth first: each run repeats the choices of the one before up to the
 * deepest node where something is left to try, and makes new nodes below. Whoever took the last step goes on while it
 * can, so the first runs switch least.
 */
abstract class Backtracking implements Strategy {
  static final int[] NOTHING = {};
  private static final int NODES = 256;

  /** Who is tried at each node of the run. */
  int[] chosen = new int[NODES];

  /** How many nodes the run has so far. */
  int nodes;

  /** Whether there was a run. */
  boolean begun;

  /** How many of the first nodes are not this search's to change. */
  private final int floor;

  /** The choices at the nodes of the first run, as far as they are given. */
  private int[] given;

  Backtracking(int[] given, int floor) {
    this.given = given;
    this.floor = floor;
  }

  @Override
  public final boolean nextRun() {
    runBegins();
    if (!begun) {
      begun = true;
      return true;
    }
    given = NOTHING;
    while (nodes > floor) {
      int node = nodes - 1;
      long left = leave(node);
      if (left != 0) {
        chosen[node] = Long.numberOfTrailingZeros(left);
        return true;
      }
      nodes--;
    }
    return false;
  }

  /** Another run begins. */
  abstract void runBegins();

  /** What was chosen at this node has been gone through; who is left to try there. */
  abstract long leave(int node);

  @Override
  public final int repeated() {
    return Math.max(nodes - 1, 0);
  }

  /**
   * Makes another node.
   *
   * @param candidates who may be tried there, as a bit set
   * @return who of them is tried first, where nobody says otherwise
   */
  final int addNode(Choice choice, long candidates) {
    if (nodes == chosen.length) {
      grow(nodes * 2);
    }
    int last = choice.last();
    boolean goesOn = last >= 0 && (candidates & (1L << last)) != 0;
    int first = goesOn ? last : Long.numberOfTrailingZeros(candidates);
    chosen[nodes] = nodes < given.length ? given[nodes] : first;
    nodes++;
    return first;
  }

  /** There is to be room for so many nodes. */
  void grow(int size) {
    chosen = Arrays.copyOf(chosen, size);
  }
}
