package org.cancelsafe.hunter;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.cancelsafe.emu.machine.LiveMachineBuilder;
import org.cancelsafe.emu.machine.LowResources;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.explore.Ending;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.explore.NoProgress;
import org.cancelsafe.hunter.explore.SetUp;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;

/**
 * Hammers one scenario on real threads: round after round on a live machine of its own, with noise at its steps that is
 * drawn from the seed and the number of the round. The threads are real, so the same seed need not show the same race
 * again; exploring the scenario does.
 */
public final class Hammer {
  /** A round that does not end in so many of these makes no progress; a host that stands still uses up one. */
  private static final Duration WHILE = Duration.ofMillis(100);

  private static final int WHILES = 20;

  private final Scenario scenario;
  private final long seed;
  private int failingAllocation = 1;
  private long rounds;
  private long nanos;
  private @Nullable Finding finding;

  /** A hammer for this scenario. */
  public Hammer(Scenario scenario, long seed) {
    this.scenario = scenario;
    this.seed = seed;
  }

  /** Hammers for this long, at least once, or until something is found. */
  public void hammer(Duration time) {
    long started = System.nanoTime();
    hammerWhile(() -> System.nanoTime() - started < time.toNanos());
  }

  /** Hammers for this many rounds, at least one, or until something is found. */
  public void hammer(int rounds) {
    long last = this.rounds + rounds;
    hammerWhile(() -> this.rounds < last);
  }

  private void hammerWhile(BooleanSupplier more) {
    long started = System.nanoTime();
    do {
      finding = round(seed + rounds);
      rounds++;
    } while (finding == null && !Thread.currentThread().isInterrupted() && more.getAsBoolean());
    nanos += System.nanoTime() - started;
  }

  private @Nullable Finding round(long seed) {
    LowResources.Systematic failing = LowResources.systematic(failingAllocation);
    LiveMachineBuilder builder =
        Machine.live().processors(scenario.processors()).verifier(scenario.verifier()).noise(seed);
    if (scenario.hasLowResources()) {
      builder.lowResources(failing);
    }
    if (scenario.forcesPending()) {
      builder.forcePending(seed);
    }
    try (Machine machine = builder.build()) {
      SetUp setUp = new SetUp(scenario);
      machine.boot(() -> setUp.run(machine));
      Ending.of(machine, () -> runToRest(machine));
      failingAllocation = failing.isReached() ? failingAllocation + 1 : 1;
      Throwable failure = machine.failure();
      return failure == null ? null : setUp.finding(failure);
    }
  }

  private static void runToRest(Machine machine) {
    for (int i = 0; i < WHILES; i++) {
      if (machine.awaitRest(WHILE)) {
        return;
      }
    }
    machine.fail(new NoProgress("no rest after " + WHILE.multipliedBy(WHILES).toSeconds() + " s of hammering"));
  }

  /** Whether something was found. */
  public boolean hasFound() {
    return finding != null;
  }

  /** How many rounds there were. */
  public long rounds() {
    return rounds;
  }

  /** What came of it so far. */
  public Report report() {
    return new Report(
        scenario,
        finding == null ? Verdict.CLEAN_WITHIN_BUDGET : finding.isErrorOfModel() ? Verdict.ERROR : Verdict.RACE,
        finding,
        "on live threads, seed " + seed + (finding == null ? "" : ", round " + rounds),
        rounds,
        null,
        Duration.ofNanos(nanos));
  }
}
