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
import picocli.CommandLine.Option;

/** Scenarios of somebody else's, instead of the catalogue's. */
final class UserScenarios {
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

  /** Whether the scenarios are a user's own. */
  boolean areGiven() {
    return scenarioClass != null;
  }

  /** The scenarios to choose from. */
  List<Scenario> or(List<Scenario> catalogue) {
    if (scenarioClass == null) {
      if (classpath != null) {
        throw new ScenarioClass.Unusable("--classpath goes with --scenario CLASS");
      }
      return catalogue;
    }
    return ScenarioClass.load(scenarioClass, loader());
  }

  /** Stays open as long as the scenarios are run, which is to the end. */
  private ClassLoader loader() {
    List<URL> urls = new ArrayList<>();
    String path = classpath == null ? "." : classpath;
    for (String entry : path.split(Pattern.quote(File.pathSeparator))) {
      Path file = Path.of(entry);
      if (!Files.exists(file)) {
        throw new ScenarioClass.Unusable(
            "there is no " + entry + "; --classpath takes directories of classes, and jars");
      }
      try {
        urls.add(file.toUri().toURL());
      } catch (MalformedURLException e) {
        throw new ScenarioClass.Unusable(entry + " cannot be on a class path: " + e.getMessage());
      }
    }
    return new URLClassLoader(urls.toArray(URL[]::new), UserScenarios.class.getClassLoader());
  }
}
