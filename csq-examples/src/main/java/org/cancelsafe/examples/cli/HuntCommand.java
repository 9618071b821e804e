package org.cancelsafe.examples.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.cancelsafe.examples.catalogue.ScenarioNames;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.coroutine.Switchers;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code csq hunt}. */
@Command(
    name = "hunt",
    description = "Hunts in all scenarios, or in the named ones; T-3 means every scenario whose name begins with T-3.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every verdict is as expected",
      "1:some verdict is not",
      "2:bad usage",
    })
final class HuntCommand implements Callable<Integer> {
  private static final int DEFAULT_SECONDS = 10;

  @ParentCommand private Csq csq;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", arity = "0..*", description = "which scenarios; all when none is named")
  private List<String> names = new ArrayList<>();

  @Option(names = "--live", description = "hammer the scenarios on real threads instead of exploring them")
  private boolean live;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description =
          "how long for each scenario (default 4, or "
              + DEFAULT_SECONDS
              + " with --scenario); with --live: in all (default "
              + DEFAULT_SECONDS
              + "), and as long again for each expected race that has not shown by then")
  private @Nullable Integer seconds;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "where chance comes from (default 1); with --live: the noise (default: the clock)")
  private @Nullable Long seed;

  @Mixin private UserScenarios user = new UserScenarios();
  @Mixin private Exploring exploring = new Exploring();
  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    checkOptions();
    List<Scenario> scenarios = ScenarioNames.find(user.or(csq.catalogue()), names);
    output.check(scenarios.size());
    List<Report> reports = live ? hammer(scenarios) : explore(scenarios);
    output.write(reports, output.format() == Format.JSON ? HuntJson::of : HuntText::of);
    return reports.stream().allMatch(Report::isAsExpected) ? 0 : 1;
  }

  private void checkOptions() {
    if (live && exploring.isAskedFor()) {
      throw new ParameterException(
          spec.commandLine(), "--strategy, --schedules, --steps, --jobs and --corpus do not go with --live");
    }
    exploring.check();
    if (seconds != null && seconds < 1) {
      throw new ParameterException(spec.commandLine(), "--seconds is 1 or more, not " + seconds);
    }
  }

  private List<Report> explore(List<Scenario> scenarios) {
    if (!Switchers.isFast() && output.format() == Format.TEXT) {
      PrintWriter err = spec.commandLine().getErr();
      err.println("csq: exploring with threads; JDK 21 and newer are faster, with the same results");
      err.flush();
    }
    Integer each = seconds;
    if (each == null && user.areGiven()) {
      each = DEFAULT_SECONDS;
    }
    return exploring.explore(scenarios, each, seed);
  }

  private List<Report> hammer(List<Scenario> scenarios) {
    Duration time = Duration.ofSeconds(seconds == null ? DEFAULT_SECONDS : seconds);
    try (Progress progress = Progress.of("hammering", scenarios.size())) {
      return new LiveHunt(scenarios, seed == null ? System.nanoTime() : seed, progress).run(time);
    }
  }
}
