package org.cancelsafe.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.cancelsafe.hunter.Approach;
import org.cancelsafe.hunter.Budget;
import org.cancelsafe.hunter.Corpus;
import org.cancelsafe.hunter.Hunt;
import org.cancelsafe.hunter.HuntProgress;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** How scenarios are explored, and exploring them. */
final class Exploring {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--strategy",
      paramLabel = "NAME",
      converter = ApproachConverter.class,
      description = "auto (the default), dpor, dfs, or at random: pct:DEPTH, pos, random")
  private Approach approach = Approach.AUTO;

  @Option(names = "--schedules", paramLabel = "N", description = "how many schedules of each scenario at most")
  private @Nullable Long schedules;

  @Option(names = "--steps", paramLabel = "N", description = "how many steps in a schedule: more are no progress")
  private @Nullable Integer steps;

  @Option(names = "--jobs", paramLabel = "N", description = "how many processors of this computer to use (default 1)")
  private int jobs = 1;

  @Option(
      names = "--corpus",
      paramLabel = "FILE",
      description = "try the schedules in this file first, and keep there what goes wrong")
  private @Nullable Path corpusFile;

  /** Reads what {@code --strategy} says. */
  private static final class ApproachConverter implements ITypeConverter<Approach> {
    @Override
    public Approach convert(String text) {
      try {
        return Approach.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** Whether some option was given. */
  boolean isAskedFor() {
    return !approach.equals(Approach.AUTO) || schedules != null || steps != null || jobs != 1 || corpusFile != null;
  }

  void check() {
    if (jobs < 1 || schedules != null && schedules < 1 || steps != null && steps < 1) {
      throw new ParameterException(spec.commandLine(), "--jobs, --schedules and --steps are 1 or more");
    }
  }

  /**
   * Explores these scenarios; the results come in their order.
   *
   * @param seconds how long each may take, or null for as long as usual
   * @param seed where chance comes from, or null for the usual one
   */
  List<Report> explore(List<Scenario> scenarios, @Nullable Integer seconds, @Nullable Long seed) {
    Corpus corpus = loadCorpus();
    ExecutorService pool = Executors.newFixedThreadPool(Math.min(jobs, Math.max(1, scenarios.size())));
    try (Progress progress = Progress.of("hunting", scenarios.size())) {
      List<Future<Report>> reports = new ArrayList<>();
      for (Scenario scenario : scenarios) {
        reports.add(pool.submit(() -> explore(hunt(scenario, seconds, seed), corpus, progress)));
      }
      List<Report> done = new ArrayList<>();
      for (Future<Report> report : reports) {
        done.add(report.get());
      }
      return done;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the hunt was interrupted", e);
    } finally {
      pool.shutdownNow();
      saveCorpus(corpus);
    }
  }

  private Hunt hunt(Scenario scenario, @Nullable Integer seconds, @Nullable Long seed) {
    Budget usual = Budget.STANDARD;
    Duration time = seconds == null ? usual.time() : Duration.ofSeconds(seconds);
    long most = schedules != null ? schedules : seconds != null ? Long.MAX_VALUE : usual.schedules();
    Hunt hunt = Hunt.in(scenario).approach(approach).jobs(jobs);
    hunt.budget(new Budget(time, most, steps == null ? usual.steps() : steps));
    return seed == null ? hunt : hunt.seed(seed);
  }

  private static Report explore(Hunt hunt, @Nullable Corpus corpus, Progress progress) {
    HuntProgress watched = progress.begin();
    if (corpus != null) {
      hunt.corpus(corpus);
    }
    Report report = hunt.watchedBy(watched).run();
    progress.done(watched);
    return report;
  }

  private @Nullable Corpus loadCorpus() {
    try {
      return corpusFile == null ? null : Corpus.load(corpusFile);
    } catch (IOException e) {
      throw new ParameterException(spec.commandLine(), "cannot read " + corpusFile + ": " + e.getMessage(), e);
    }
  }

  private void saveCorpus(@Nullable Corpus corpus) {
    if (corpus == null || corpusFile == null) {
      return;
    }
    PrintWriter err = spec.commandLine().getErr();
    corpus.dropped().forEach(line -> err.println("csq: dropped from " + corpusFile + ": " + line));
    err.flush();
    try {
      corpus.save(corpusFile);
    } catch (IOException e) {
      throw new ParameterException(spec.commandLine(), "cannot write " + corpusFile + ": " + e.getMessage(), e);
    }
  }
}
