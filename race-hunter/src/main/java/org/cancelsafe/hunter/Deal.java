package org.cancelsafe.hunter;

import java.util.Collection;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.cancelsafe.hunter.explore.Explorer;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.strategy.ClassCounter;
import org.cancelsafe.hunter.strategy.Sampler;
import org.jspecify.annotations.Nullable;

/**
 * Deals random runs out to several threads, in the order of their numbers. Of those that go wrong the one with the
 * lowest number counts, and all before it are made; so the result is the one of a single thread, however the threads
 * are timed.
 */
final class Deal {
  private final Explorer explorer;
  private final int jobs;
  private final long most;
  private final BooleanSupplier isSpent;
  private final Runnable afterRun;
  private final Collection<Hand> hands = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Hand> free = new ConcurrentLinkedQueue<>();
  private final AtomicLong next = new AtomicLong(1);
  private final AtomicReference<@Nullable Drawn> bad = new AtomicReference<>();
  private final AtomicReference<@Nullable Drawn> possibility = new AtomicReference<>();
  private volatile boolean stopped;

  /** What a thread draws with. */
  private static final class Hand {
    private final Sampler sampler;
    private final ClassCounter counter;

    Hand(Sampler sampler) {
      this.sampler = sampler;
      this.counter = new ClassCounter(sampler);
    }

    RunResult draw(Explorer explorer, long number) {
      sampler.goTo(number);
      counter.nextRun();
      return explorer.run(counter);
    }
  }

  /** A run that was drawn. */
  private record Drawn(long number, RunResult run) {
    static Drawn first(@Nullable Drawn one, Drawn other) {
      return one != null && one.number < other.number ? one : other;
    }
  }

  /**
   * A deal.
   *
   * @param samplers makes samplers that are all alike, one for each thread
   * @param most how many runs there may be
   * @param afterRun is called by the calling thread after each of its own
   */
  Deal(
      Explorer explorer,
      Supplier<Sampler> samplers,
      int jobs,
      long most,
      BooleanSupplier isSpent,
      Runnable afterRun) {
    this.explorer = explorer;
    this.jobs = jobs;
    this.most = most;
    this.isSpent = isSpent;
    this.afterRun = afterRun;
    for (int job = 0; job < jobs; job++) {
      hands.add(new Hand(samplers.get()));
    }
    free.addAll(hands);
  }

  /** Draws until something goes wrong or all that may be spent is; the first so many runs on the calling thread only. */
  void draw(int alone) {
    for (long end = 2; !stopped && bad.get() == null && next.get() <= most; end *= 2) {
      round(Math.min(end - 1, most) + 1, end > alone ? jobs : 1);
    }
  }

  private void round(long end, int jobs) {
    Crew.work(explorer, jobs, mine -> work(mine, end), () -> stopped = true);
    int longest = hands.stream().mapToInt(hand -> hand.sampler.longest()).max().orElse(0);
    hands.forEach(hand -> hand.sampler.learn(longest));
  }

  private void work(Explorer mine, long end) {
    Hand hand = free.remove();
    for (long number = take(end); number < end && !stopped && isBeforeBad(number); number = take(end)) {
      RunResult result = hand.draw(mine, number);
      if (result.finding() != null) {
        Drawn drawn = new Drawn(number, result);
        (result.finding().isPossibility() ? possibility : bad).accumulateAndGet(drawn, Drawn::first);
      }
      if (mine == explorer) {
        afterRun.run();
      }
      if (isSpent.getAsBoolean()) {
        stopped = true;
      }
    }
    free.add(hand);
  }

  private long take(long end) {
    return next.getAndUpdate(number -> Math.min(number + 1, end));
  }

  private boolean isBeforeBad(long number) {
    Drawn first = bad.get();
    return first == null || number < first.number;
  }

  /** The first run that went wrong, or null. */
  @Nullable RunResult bad() {
    Drawn first = bad.get();
    return first == null ? null : first.run;
  }

  /** The first run that went well by luck, or null. */
  @Nullable RunResult possibility() {
    Drawn first = possibility.get();
    return first == null ? null : first.run;
  }

  /** The classes of all runs. */
  ClassCounter counter() {
    ClassCounter all = hands.iterator().next().counter;
    hands.stream().skip(1).forEach(hand -> all.add(hand.counter));
    return all;
  }
}
