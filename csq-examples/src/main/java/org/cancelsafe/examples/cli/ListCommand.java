package org.cancelsafe.examples.cli;

import com.google.common.base.Strings;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.cancelsafe.examples.catalogue.ScenarioNames;
import org.cancelsafe.hunter.scenario.Scenario;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code csq list}. */
@Command(name = "list", description = "Names the scenarios, a line each.", mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {
  @ParentCommand private Csq csq;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "NAME", arity = "0..*", description = "which scenarios; all when none is named")
  private List<String> names = new ArrayList<>();

  @Mixin private UserScenarios user = new UserScenarios();

  @Override
  public Integer call() {
    List<Scenario> scenarios = ScenarioNames.find(user.or(csq.catalogue()), names);
    PrintWriter out = spec.commandLine().getOut();
    int width = scenarios.stream().mapToInt(scenario -> scenario.name().length()).max().orElse(0);
    for (Scenario scenario : scenarios) {
      String expected = scenario.expectation().name().toLowerCase(Locale.ROOT);
      out.println(
          Strings.padEnd(scenario.name(), width + 2, ' ') + Strings.padEnd(expected, 6, ' ') + scenario.about());
    }
    out.flush();
    return 0;
  }
}
