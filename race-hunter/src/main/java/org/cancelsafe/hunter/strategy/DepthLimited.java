package org.cancelsafe.hunter.strategy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The top of another strategy's tree: runs are given up after so many steps, and how they began is kept. Below each of
 * those beginnings is a part of the tree that somebody can go through without the others.
 */
public final class DepthLimited implements Strategy {
  private final Strategy strategy;
  private final int limit;
  private final int[] taken;
  private final List<int[]> prefixes = new ArrayList<>();
  private int steps;
  private boolean running;
  private boolean reached;
  private int redundant;

  /** The top of this strategy's tree, so many steps deep. */
  public DepthLimited(Strategy strategy, int limit) {
    this.strategy = strategy;
    this.limit = limit;
    this.taken = new int[limit];
  }

  @Override
  public boolean nextRun() {
    keep();
    running = strategy.nextRun();
    steps = 0;
    return running;
  }

  private void keep() {
    if (running) {
      prefixes.add(Arrays.copyOf(taken, steps));
    }
    running = false;
  }

  @Override
  public int choose(Choice choice) {
    if (steps == limit) {
      reached = true;
      return PRUNE;
    }
    int next = strategy.choose(choice);
    if (next == PRUNE) {
      running = false;
      redundant++;
    } else {
      taken[steps++] = next;
    }
    return next;
  }

  @Override
  public void atRest(Choice choice) {
    strategy.atRest(choice);
  }

  @Override
  public void stopped(Choice choice) {
    strategy.stopped(choice);
  }

  /** How the runs began, in the order in which the strategy makes them. */
  public List<int[]> prefixes() {
    keep();
    return prefixes;
  }

  /** Whether some run was longer. */
  public boolean hasMoreBelow() {
    return reached;
  }

  /** How many runs the strategy gave up itself. */
  public int redundant() {
    return redundant;
  }

  @Override
  public boolean isExhaustive() {
    return strategy.isExhaustive();
  }
}
