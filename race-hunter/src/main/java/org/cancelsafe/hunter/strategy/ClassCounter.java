package org.cancelsafe.hunter.strategy;

import java.util.HashMap;
import java.util.Map;

/** Lets another strategy choose, and counts the classes of the runs that come of it. */
public final class ClassCounter implements Strategy {
  private static final int MOST = 1_000_000;

  private final Strategy strategy;
  private final ClassHash hash = new ClassHash();
  private final Map<Long, Integer> classes = new HashMap<>();
  private boolean running;
  private long runs;

  /** A counter of this strategy's classes. */
  public ClassCounter(Strategy strategy) {
    this.strategy = strategy;
  }

  @Override
  public boolean nextRun() {
    count();
    boolean next = strategy.nextRun();
    if (next) {
      hash.beginRun();
      running = true;
    }
    return next;
  }

  private void count() {
    if (running) {
      runs++;
      if (classes.size() < MOST) {
        classes.merge(hash.value(), 1, Integer::sum);
      }
    }
    running = false;
  }

  @Override
  public int choose(Choice choice) {
    int next = strategy.choose(choice);
    if (next == PRUNE) {
      running = false;
    } else {
      hash.add(choice, next);
    }
    return next;
  }

  @Override
  public void atRest(Choice choice) {
    hash.atRest(choice);
    strategy.atRest(choice);
  }

  @Override
  public void stopped(Choice choice) {
    hash.stopped(choice);
    strategy.stopped(choice);
  }

  /** Adds what another one has counted. */
  public void add(ClassCounter other) {
    count();
    other.count();
    runs += other.runs;
    other.classes.forEach((hash, times) -> classes.merge(hash, times, Integer::sum));
  }

  /** How many classes were seen so far; at most a million are told apart. */
  public long classes() {
    count();
    return classes.size();
  }

  /** How many classes there are in all, judged by how many were seen only once or twice. */
  public Estimate estimate() {
    count();
    long once = classes.values().stream().filter(times -> times == 1).count();
    long twice = classes.values().stream().filter(times -> times == 2).count();
    return Estimate.ofKinds(classes.size(), once, twice, runs);
  }

  /** How many runs there were. */
  public long runs() {
    count();
    return runs;
  }

  @Override
  public boolean isExhaustive() {
    return strategy.isExhaustive();
  }
}
