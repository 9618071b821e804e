package org.cancelsafe.examples.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.cancelsafe.examples.catalogue.ScenarioNames;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.ReplayString;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.scenario.Scenario;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code csq replay}. */
@Command(
    name = "replay",
    description = "Replays one schedule and prints its trace.",
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
  @ParentCommand private Csq csq;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "STRING", description = "what a hunt printed behind 'replay'")
  private String string;

  @Override
  public Integer call() {
    ReplayString replay = ReplayString.parse(string);
    Scenario scenario =
        csq.catalogue().stream()
            .filter(known -> known.name().equals(replay.scenario()))
            .findFirst()
            .orElseThrow(() -> unknown(replay));
    PrintWriter out = spec.commandLine().getOut();
    out.print(ReportText.of(Hunter.replay(scenario, replay)));
    out.flush();
    return 0;
  }

  private static ScenarioNames.Unknown unknown(ReplayString replay) {
    return new ScenarioNames.Unknown(
        "this replay string was recorded for scenario '" + replay.scenario() + "', which is not one of these");
  }
}
