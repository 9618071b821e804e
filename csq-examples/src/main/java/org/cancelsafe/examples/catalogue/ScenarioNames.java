package org.cancelsafe.examples.catalogue;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.cancelsafe.hunter.scenario.Scenario;

/** Finds scenarios by name: {@code T-3.broken} is one, {@code T-3} is all whose names begin with {@code T-3.}. */
public final class ScenarioNames {
  private ScenarioNames() {}

  /** Thrown for a name that no scenario has. The message is one line for people. */
  public static final class Unknown extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** With this message. */
    public Unknown(String message) {
      super(message);
    }
  }

  /**
   * The scenarios that these names mean, in the catalogue's order; all of them when there are no names.
   *
   * @throws Unknown when a name means none
   */
  public static List<Scenario> find(List<Scenario> catalogue, List<String> names) {
    if (names.isEmpty()) {
      return catalogue;
    }
    Set<Scenario> wanted = new LinkedHashSet<>();
    for (String name : names) {
      List<Scenario> meant = catalogue.stream().filter(scenario -> isMeant(scenario, name)).toList();
      if (meant.isEmpty()) {
        throw new Unknown("no scenario is called '" + name + "'; csq list names them all");
      }
      wanted.addAll(meant);
    }
    return catalogue.stream().filter(wanted::contains).toList();
  }

  private static boolean isMeant(Scenario scenario, String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    String actual = scenario.name().toLowerCase(Locale.ROOT);
    return actual.equals(wanted) || actual.startsWith(wanted + ".");
  }
}
