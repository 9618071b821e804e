package org.cancelsafe.testkit.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.cancelsafe.emu.machine.Carrier;
import org.cancelsafe.hunter.coroutine.Switcher;
import org.cancelsafe.hunter.coroutine.Switchers;
import org.cancelsafe.hunter.explore.Explorer;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.strategy.SourceDpor;
import org.cancelsafe.hunter.strategy.Strategy;
import org.cancelsafe.testkit.ClientProgram;
import org.jspecify.annotations.Nullable;

/** Goes through every inequivalent schedule of many programs, on several cores, until something is found. */
final class Sweep {
  private final List<ClientProgram> programs;
  private final Function<ClientProgram, Scenario.Model> driver;
  private final AtomicInteger next = new AtomicInteger();
  private final LongAdder verified = new LongAdder();
  private final LongAdder classes = new LongAdder();
  private final LongAdder redundant = new LongAdder();
  private final AtomicReference<@Nullable Found> found = new AtomicReference<>();
  private double seconds;

  /**
   * What ended a sweep.
   *
   * @param number the number of the program, from 0
   */
  record Found(int number, ClientProgram program, Finding finding) {
    @Override
    public String toString() {
      return finding.rule() + ": " + finding.message() + ", in program " + number + "\n" + program;
    }
  }

  Sweep(List<ClientProgram> programs, Function<ClientProgram, Scenario.Model> driver) {
    this.programs = programs;
    this.driver = driver;
  }

  Sweep run(int workers) {
    long started = System.nanoTime();
    List<CompletableFuture<Void>> ends = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      CompletableFuture<Void> end = new CompletableFuture<>();
      ends.add(end);
      new Carrier("sweep " + i, () -> work(end)).start();
    }
    ends.forEach(CompletableFuture::join);
    seconds = (System.nanoTime() - started) / 1e9;
    return this;
  }

  private void work(CompletableFuture<Void> end) {
    try (Switcher switcher = Switchers.create()) {
      int number = next.getAndIncrement();
      while (number < programs.size() && found.get() == null) {
        explore(number, switcher);
        number = next.getAndIncrement();
      }
      end.complete(null);
    } catch (Throwable e) {
      end.completeExceptionally(e);
    }
  }

  private void explore(int number, Switcher switcher) {
    Explorer explorer = new Explorer(Scenario.named("swept").model(driver.apply(programs.get(number))));
    explorer.open(switcher);
    Strategy strategy = new SourceDpor();
    while (strategy.nextRun()) {
      RunResult result = explorer.run(strategy);
      if (result.finding() != null) {
        Found here = new Found(number, programs.get(number), result.finding());
        found.accumulateAndGet(here, (one, other) -> one == null || one.number() > other.number() ? other : one);
        return;
      }
      if (result.leftOut() != null || result.processorsScarce()) {
        throw new IllegalStateException("a program of the sweep polls, or lacks a processor: " + programs.get(number));
      }
      (result.pruned() ? redundant : classes).increment();
    }
    verified.increment();
  }

  /** What was found first; null when there is nothing. */
  @Nullable Found found() {
    return found.get();
  }

  long classes() {
    return classes.sum();
  }

  @Override
  public String toString() {
    return String.format(
        "%,d programs, %,d classes, %,d redundant runs, %.1f s",
        verified.sum(), classes.sum(), redundant.sum(), seconds);
  }
}
