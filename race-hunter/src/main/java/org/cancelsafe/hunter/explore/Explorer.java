package org.cancelsafe.hunter.explore;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.cancelsafe.hunter.coroutine.Switcher;
import org.cancelsafe.hunter.coroutine.Switchers;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.strategy.Plainest;
import org.cancelsafe.hunter.strategy.Strategy;
import org.jspecify.annotations.Nullable;

/** Runs a scenario, again and again, on the calling thread, which is a {@link org.cancelsafe.emu.machine.Carrier}. */
public final class Explorer implements AutoCloseable {
  private static final int STEP_LIMIT = 5_000;

  private final Scenario scenario;
  private final LongAdder schedules;
  private final Repetition ofSearches = new Repetition();
  private final Repetition ofPlainest = new Repetition();
  private Plainest plainest = new Plainest();
  private final int stepLimit;
  private volatile @Nullable Switcher switcher;
  private volatile @Nullable Execution running;
  private final AtomicLong runs;
  private final AtomicBoolean abandoned;
  private boolean processorsMatter;
  private boolean waitsForSeveralMatter;
  private boolean threadsMatter;
  private boolean hasNewThreads;

  /** An explorer of this scenario. */
  public Explorer(Scenario scenario) {
    this(scenario, new LongAdder(), STEP_LIMIT);
  }

  /**
   * An explorer of this scenario that is watched.
   *
   * @param schedules counts the runs, for whoever watches
   * @param stepLimit a run that takes more steps makes no progress
   */
  public Explorer(Scenario scenario, LongAdder schedules, int stepLimit) {
    this.scenario = scenario;
    this.schedules = schedules;
    this.stepLimit = stepLimit;
    this.runs = new AtomicLong();
    this.abandoned = new AtomicBoolean();
  }

  private Explorer(Explorer other) {
    this.scenario = other.scenario;
    this.schedules = other.schedules;
    this.stepLimit = other.stepLimit;
    this.runs = other.runs;
    this.abandoned = other.abandoned;
    this.processorsMatter = other.processorsMatter;
    this.waitsForSeveralMatter = other.waitsForSeveralMatter;
    this.threadsMatter = other.threadsMatter;
  }

  /** Another explorer of the same scenario, for another thread; the two count their runs together. */
  public Explorer sibling() {
    return new Explorer(this);
  }

  /** Loads what any first run needs, once in the life of the JVM; returns when that is done. Before {@link #open}. */
  public static void prepare() {
    Preparation.await();
  }

  /** The scenario. */
  public Scenario scenario() {
    return scenario;
  }

  /** Begins; on the thread that all runs are made on. */
  public void open(Switcher switcher) {
    this.switcher = switcher;
    OwnThreads.watch();
    threadsMatter |= Mentions.OF_THREADS.areIn(scenario.model().getClass());
    letThreadsMatter();
  }

  /**
   * From now on each activity has a new thread for itself, if the runs so far have shown that the model asks which one it
   * runs on: to others an activity's thread may be that of all, or one that something else had before.
   *
   * @return whether that is new
   */
  public boolean letThreadsMatter() {
    boolean news = threadsMatter && !hasNewThreads;
    if (news) {
      requireNonNull(switcher).close();
      switcher = Switchers.createWithNewThreads();
      hasNewThreads = true;
      plainest = new Plainest();
    }
    return news;
  }

  /** Runs the scenario once under this strategy, whose next run has begun. */
  public RunResult run(Strategy strategy) {
    return run(strategy, null);
  }

  /**
   * Runs the scenario once, watched.
   *
   * @throws CancellationException when nobody waits for the result any more
   */
  public RunResult run(Strategy strategy, @Nullable RunObserver observer) {
    return run(strategy, ofSearches, observer);
  }

  /**
   * Runs the plainest schedule, watched or not. It must be the same each time, whatever was run in between.
   *
   * @throws CancellationException when nobody waits for the result any more
   */
  public RunResult runPlainest(@Nullable RunObserver observer) {
    plainest.nextRun();
    return run(plainest, ofPlainest, observer);
  }

  private RunResult run(Strategy strategy, Repetition repetition, @Nullable RunObserver observer) {
    if (isAbandoned()) {
      throw new CancellationException("nobody waits for what comes of " + scenario);
    }
    Switcher opened = requireNonNull(switcher);
    repetition.begin(strategy);
    ExploredScheduler scheduler =
        new ExploredScheduler(
            scenario,
            strategy,
            repetition,
            opened,
            processorsMatter,
            waitsForSeveralMatter,
            stepLimit,
            observer);
    Execution execution = new Execution(strategy, repetition, opened, scheduler);
    running = execution;
    RunResult result = execution.run(scenario);
    running = null;
    threadsMatter |= scheduler.sawThreadsMatter();
    runs.incrementAndGet();
    schedules.increment();
    return result;
  }

  /** The thread that runs the model; null before any does. Any thread may ask. */
  public @Nullable Thread running() {
    Switcher opened = switcher;
    return opened == null ? null : opened.running();
  }

  /** Where the model waits for something of the JVM; null when it does not. Any thread may ask. */
  public @Nullable IllegalStateException blocked() {
    Switcher opened = switcher;
    return opened == null || running == null ? null : Blocked.of(opened.running());
  }

  /** Ends the run, in which the model waits for something of the JVM: it ends with what says so. Any thread may. */
  public void end(Throwable blocked) {
    Switcher opened = switcher;
    Execution execution = running;
    if (opened != null && execution != null) {
      Thread waiting = opened.running();
      execution.isBlocked(blocked);
      waiting.interrupt();
    }
  }

  /** How many runs there were; any thread may ask. */
  public long runs() {
    return runs.get();
  }

  /**
   * From now on steps that take or leave a processor are dependent on each other, because there are fewer processors
   * than activities that want one at once.
   *
   * @return whether that is new
   */
  public boolean letProcessorsMatter() {
    boolean news = !processorsMatter;
    processorsMatter = true;
    return news;
  }

  /** Nobody waits for the result any more. Any thread may say so. */
  public void abandon() {
    abandoned.set(true);
  }

  /** Whether the search may end where it is. */
  public boolean isAbandoned() {
    return abandoned.get();
  }

  /**
   * From now on all steps on dispatcher objects are dependent on each other, because threads wait for several at once.
   *
   * @return whether that is new
   */
  public boolean letWaitsForSeveralMatter() {
    boolean news = !waitsForSeveralMatter;
    waitsForSeveralMatter = true;
    plainest = news ? new Plainest() : plainest; // objects are numbered in another way from now on
    return news;
  }

  /** Takes to heart what a run has shown to matter; whether that is new, and so all is to be searched again. */
  public boolean learns(RunResult result) {
    return learns(result.processorsScarce(), result.waitsForSeveral());
  }

  /** The same of several runs together. */
  public boolean learns(boolean processorsScarce, boolean waitsForSeveral) {
    boolean processors = processorsScarce && letProcessorsMatter();
    boolean waits = waitsForSeveral && letWaitsForSeveralMatter();
    return processors || waits;
  }

  @Override
  public void close() {
    OwnThreads.leaveAlone();
    if (switcher != null) {
      switcher.close();
    }
  }
}
