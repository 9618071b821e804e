package org.cancelsafe.examples.cli;

import java.io.PrintWriter;
import java.util.List;
import org.cancelsafe.examples.catalogue.Catalogue;
import org.cancelsafe.examples.catalogue.ScenarioNames;
import org.cancelsafe.hunter.ReplayString;
import org.cancelsafe.hunter.scenario.Scenario;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code csq} command. */
@Command(
    name = "csq",
    description = "Hunts for cancel races in driver models: a minimal counterexample, or every schedule.",
    mixinStandardHelpOptions = true,
    version = "csq 0.1.0",
    subcommands = {
      ListCommand.class,
      HuntCommand.class,
      ReplayCommand.class,
      ContentionCommand.class,
      CommandLine.HelpCommand.class
    })
public final class Csq {
  private final List<Scenario> catalogue;

  Csq(List<Scenario> catalogue) {
    this.catalogue = catalogue;
  }

  List<Scenario> catalogue() {
    return catalogue;
  }

  /** Runs the command and exits: 0 when all is as expected, 1 when a verdict is not, 2 for bad usage. */
  public static void main(String[] args) {
    System.exit(commandLine(Catalogue.all()).execute(args));
  }

  /** The command over these scenarios; its output goes where the command line's writers say. */
  public static CommandLine commandLine(List<Scenario> catalogue) {
    CommandLine commandLine = new CommandLine(new Csq(catalogue));
    commandLine.setExecutionExceptionHandler(Csq::explain);
    commandLine.setParameterExceptionHandler(Csq::explainUsage);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    return commandLine;
  }

  /** One line, and where there is more: the whole help would hide it. Without a command at all it is what is wanted. */
  private static int explainUsage(CommandLine.ParameterException problem, String[] args) {
    CommandLine command = problem.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("csq: " + inOneLine(problem));
    CommandLine.UnmatchedArgumentException.printSuggestions(problem, err);
    if (args.length == 0) {
      command.usage(err);
    } else {
      err.println("csq: " + command.getCommandSpec().qualifiedName() + " --help lists what there is");
    }
    err.flush();
    return CommandLine.ExitCode.USAGE;
  }

  private static String inOneLine(CommandLine.ParameterException problem) {
    if (problem instanceof CommandLine.UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()) {
      boolean atTheTop = problem.getCommandLine().getParent() == null;
      return "'" + unmatched.getUnmatched().get(0) + (atTheTop ? "' is no command" : "' is one argument too many");
    }
    return problem.getMessage();
  }

  private static int explain(Exception problem, CommandLine command, CommandLine.ParseResult parsed) throws Exception {
    if (problem instanceof ScenarioNames.Unknown
        || problem instanceof ScenarioClass.Unusable
        || problem instanceof ReplayString.Malformed) {
      PrintWriter err = command.getErr();
      err.println("csq: " + problem.getMessage());
      err.flush();
      return CommandLine.ExitCode.USAGE;
    }
    throw problem;
  }
}
