package org.cancelsafe.hunter.strategy;

import java.util.ArrayList;
import java.util.List;

/**
 * Depth-first search with sleep sets and nothing else (Godefroid). Without a bound it sees every class, and starts many
 * runs in vain. Under a bound on preemptions it is wrong, because a branch that sleeps was not explored to its end.
 */
final class SleepSets implements Strategy {
  private final int bound;
  private final List<Node> nodes = new ArrayList<>();
  private int depth;
  private int spent;
  private long sleepOfNext;
  private boolean begun;

  SleepSets(int bound) {
    this.bound = bound;
  }

  private static final class Node {
    private int chosen;
    private long todo;
    private long sleep;
    private int spentBefore;
  }

  @Override
  public boolean nextRun() {
    depth = 0;
    spent = 0;
    sleepOfNext = 0;
    if (!begun) {
      begun = true;
      return true;
    }
    while (!nodes.isEmpty()) {
      Node node = nodes.get(nodes.size() - 1);
      node.sleep |= 1L << node.chosen;
      node.todo &= ~node.sleep;
      if (node.todo != 0) {
        node.chosen = Long.numberOfTrailingZeros(node.todo);
        return true;
      }
      nodes.remove(nodes.size() - 1);
    }
    return false;
  }

  @Override
  public int choose(Choice choice) {
    if (depth == nodes.size() && !addNode(choice)) {
      return PRUNE;
    }
    Node node = nodes.get(depth++);
    spent = node.spentBefore + SwitchCost.PREEMPTIONS.of(choice.last(), node.chosen, choice.enabled());
    sleepOfNext = 0;
    for (int sleeper = 0; sleeper < choice.activities(); sleeper++) {
      boolean sleeps = sleeper != node.chosen && (node.sleep & (1L << sleeper)) != 0;
      if (sleeps && choice.independent(sleeper, node.chosen)) {
        sleepOfNext |= 1L << sleeper;
      }
    }
    return node.chosen;
  }

  private boolean addNode(Choice choice) {
    long affordable = 0;
    for (int candidate = 0; candidate < choice.activities(); candidate++) {
      boolean possible = (choice.enabled() & ~sleepOfNext & (1L << candidate)) != 0;
      if (possible
          && spent + SwitchCost.PREEMPTIONS.of(choice.last(), candidate, choice.enabled()) <= bound) {
        affordable |= 1L << candidate;
      }
    }
    if (affordable == 0) {
      return false;
    }
    Node node = new Node();
    boolean goOn = choice.last() >= 0 && (affordable & (1L << choice.last())) != 0;
    node.chosen = goOn ? choice.last() : Long.numberOfTrailingZeros(affordable);
    node.todo = affordable;
    node.sleep = sleepOfNext;
    node.spentBefore = spent;
    nodes.add(node);
    return true;
  }

  @Override
  public boolean isExhaustive() {
    return bound == Integer.MAX_VALUE;
  }
}
