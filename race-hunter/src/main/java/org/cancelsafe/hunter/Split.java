package org.cancelsafe.hunter;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.cancelsafe.hunter.explore.Explorer;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.strategy.DepthLimited;
import org.cancelsafe.hunter.strategy.Strategy;
import org.jspecify.annotations.Nullable;

/**
 * Goes through one tree of schedules on several threads: its top is run first, and the parts below are handed out in
 * their order. What goes wrong in a part counts only when all parts before it have been gone through, so that the
 * result is the one of a single thread, however the threads are timed.
 */
final class Split {
  private static final int PARTS_PER_JOB = 24;
  private static final int DEEPER = 3;
  private static final int DEEPEST = 60;

  private final Explorer explorer;
  private final int jobs;
  private final BooleanSupplier isSpent;
  private final AtomicInteger nextPart = new AtomicInteger();
  private final AtomicInteger firstBadPart = new AtomicInteger(Integer.MAX_VALUE);
  private final AtomicLong complete = new AtomicLong();
  private final AtomicLong redundant = new AtomicLong();
  private @Nullable RunResult[] possibility = {};
  private volatile boolean stopped;
  private volatile @Nullable String leftOut;
  private volatile boolean waitsForSeveral;
  private volatile boolean processorsScarce;
  private volatile boolean cut;

  Split(Explorer explorer, int jobs, BooleanSupplier isSpent) {
    this.explorer = explorer;
    this.jobs = jobs;
    this.isSpent = isSpent;
  }

  /**
   * What came of it.
   *
   * @param bad the first run that went wrong, or null
   * @param possibility the first run that went well by luck, or null
   * @param ended whether everything was gone through, or everything before that run
   * @param exhaustive whether nothing was cut by a bound
   * @param complete how many runs came to their end
   * @param redundant how many were given up
   * @param leftOut in which schedules only it can have been seen, where something was left out; or null
   * @param processorsScarce whether it made a difference how many processors there are
   * @param waitsForSeveral whether anybody waited for several objects at once
   */
  record Outcome(
      @Nullable RunResult bad,
      @Nullable RunResult possibility,
      boolean ended,
      boolean exhaustive,
      long complete,
      long redundant,
      @Nullable String leftOut,
      boolean processorsScarce,
      boolean waitsForSeveral) {}

  /**
   * Goes through a tree.
   *
   * @param tree makes the strategy whose tree it is
   * @param below makes a strategy for the part below a beginning
   */
  Outcome search(Supplier<Strategy> tree, Function<int[], Strategy> below) {
    DepthLimited top = top(tree);
    List<int[]> parts = top.prefixes();
    RunResult[] bad = new RunResult[parts.size()];
    possibility = new RunResult[parts.size()];
    Crew.work(explorer, jobs, mine -> work(mine, parts, below, bad), () -> stopped = true);
    int first = firstBadPart.get();
    return new Outcome(
        first < bad.length ? bad[first] : null,
        Stream.of(possibility).filter(Objects::nonNull).findFirst().orElse(null),
        !stopped,
        top.isExhaustive() && !cut,
        complete.get(),
        redundant.get() + top.redundant(),
        leftOut,
        processorsScarce,
        waitsForSeveral);
  }

  /** As many steps deep as it takes to have parts enough. */
  private DepthLimited top(Supplier<Strategy> tree) {
    DepthLimited top;
    int depth = 0;
    do {
      depth += DEEPER;
      top = new DepthLimited(tree.get(), depth);
      while (!isSpent.getAsBoolean() && top.nextRun()) {
        explorer.run(top);
      }
    } while (top.hasMoreBelow() && top.prefixes().size() < jobs * PARTS_PER_JOB && depth < DEEPEST
        && !isSpent.getAsBoolean());
    stopIf(isSpent.getAsBoolean());
    return top;
  }

  private void work(Explorer mine, List<int[]> parts, Function<int[], Strategy> below, @Nullable RunResult[] bad) {
    for (int part = nextPart.getAndIncrement(); part < parts.size(); part = nextPart.getAndIncrement()) {
      Strategy strategy = below.apply(parts.get(part));
      while (!stopped && part < firstBadPart.get() && strategy.nextRun()) {
        RunResult result = mine.run(strategy);
        note(result);
        if (result.finding() != null && result.finding().isPossibility()) {
          possibility[part] = possibility[part] == null ? result : possibility[part];
        } else if (result.finding() != null) {
          bad[part] = result;
          firstBadPart.accumulateAndGet(part, Math::min);
        }
        stopIf(isSpent.getAsBoolean());
      }
      if (!strategy.isExhaustive()) {
        cut = true;
      }
    }
  }

  private void note(RunResult result) {
    (result.pruned() ? redundant : complete).incrementAndGet();
    if (result.leftOut() != null) {
      leftOut = result.leftOut();
    }
    if (result.waitsForSeveral()) {
      waitsForSeveral = true;
    }
    if (result.processorsScarce()) {
      processorsScarce = true;
    }
  }

  private void stopIf(boolean spent) {
    if (spent) {
      stopped = true;
    }
  }
}
