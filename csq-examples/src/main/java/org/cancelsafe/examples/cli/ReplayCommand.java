package org.cancelsafe.examples.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.cancelsafe.examples.catalogue.ScenarioNames;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.ReplayString;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.scenario.Scenario;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code csq replay}. */
@Command(
    name = "replay",
    description = "Replays one schedule and prints its trace.",
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
  @ParentCommand private Csq csq;
  @Mixin private UserScenarios user = new UserScenarios();
  @Mixin private Output output = new Output();

  @Parameters(paramLabel = "STRING", description = "what a hunt printed behind 'replay'")
  private String string;

  @Override
  public Integer call() {
    ReplayString replay = ReplayString.parse(string);
    Scenario scenario =
        user.or(csq.catalogue()).stream()
            .filter(known -> known.name().equals(replay.scenario()))
            .findFirst()
            .orElseThrow(() -> unknown(replay));
    Report report = Hunter.replay(scenario, replay);
    output.write(List.of(report), reports -> output.written(report));
    return 0;
  }

  private static ScenarioNames.Unknown unknown(ReplayString replay) {
    return new ScenarioNames.Unknown(
        "this replay string was recorded for scenario '" + replay.scenario()
            + "', which is not one of these; one of your own needs --classpath and --scenario, as when it was hunted");
  }
}
