package org.cancelsafe.examples.cli;

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Scenarios of somebody else's, instead of the catalogue's. */
final class UserScenarios {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--classpath",
      paramLabel = "DIR|JAR",
      description = "where your classes are; several are separated as on any class path")
  private @Nullable String classpath;

  @Option(
      names = "--scenario",
      paramLabel = "CLASS",
      description = {
        "your class with scenarios, instead of the catalogue: its fields and methods",
        "of type Scenario or List<Scenario>, and its methods with @RaceHunt"
      })
  private @Nullable String scenarioClass;

  /** The scenarios to choose from. */
  List<Scenario> or(List<Scenario> catalogue) {
    if (scenarioClass == null) {
      if (classpath != null) {
        throw bad("--classpath goes with --scenario CLASS");
      }
      return catalogue;
    }
    try {
      return ScenarioClass.load(scenarioClass, loader());
    } catch (ScenarioClass.Unusable e) {
      throw bad(e.getMessage());
    }
  }

  /** Stays open as long as the scenarios are run, which is to the end. */
  private ClassLoader loader() {
    List<URL> urls = new ArrayList<>();
    String path = classpath == null ? "." : classpath;
    for (String entry : path.split(Pattern.quote(File.pathSeparator))) {
      Path file = Path.of(entry);
      if (!Files.exists(file)) {
        throw bad("there is no " + entry + "; --classpath takes directories of classes, and jars");
      }
      try {
        urls.add(file.toUri().toURL());
      } catch (MalformedURLException e) {
        throw bad(entry + " cannot be on a class path: " + e.getMessage());
      }
    }
    return new URLClassLoader(urls.toArray(URL[]::new), UserScenarios.class.getClassLoader());
  }

  private ParameterException bad(@Nullable String message) {
    return new ParameterException(spec.commandLine(), String.valueOf(message));
  }
}
