package org.cancelsafe.examples.catalogue;

import com.google.common.collect.ImmutableList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cancelsafe.hunter.scenario.Scenario;

/** Every entry of this project, in the order in which they are listed. */
public final class Catalogue {
  private static final ImmutableList<String> KINDS =
      ImmutableList.of("readme", "guide", "canary", "T", "B", "csq", "S");
  private static final Pattern NUMBERED = Pattern.compile("([A-Z])-(\\d+)");
  private static final Comparator<CatalogueEntry> ORDER =
      Comparator.comparing(Catalogue::kind).thenComparing(Catalogue::number).thenComparing(entry -> entry.story().id());

  private static final ImmutableList<CatalogueEntry> ENTRIES =
      ServiceLoader.load(CatalogueEntry.class, Catalogue.class.getClassLoader()).stream()
          .map(ServiceLoader.Provider::get)
          .sorted(ORDER)
          .collect(ImmutableList.toImmutableList());
  private static final ImmutableList<Scenario> ALL =
      ENTRIES.stream().flatMap(entry -> entry.scenarios().stream()).collect(ImmutableList.toImmutableList());

  private Catalogue() {}

  /** The entries. */
  public static List<CatalogueEntry> entries() {
    return ENTRIES;
  }

  /** The scenarios of all entries. */
  public static List<Scenario> all() {
    return ALL;
  }

  private static int kind(CatalogueEntry entry) {
    Matcher numbered = NUMBERED.matcher(entry.story().id());
    int kind = KINDS.indexOf(numbered.matches() ? numbered.group(1) : entry.story().id());
    return kind < 0 ? KINDS.size() : kind;
  }

  private static int number(CatalogueEntry entry) {
    Matcher numbered = NUMBERED.matcher(entry.story().id());
    return numbered.matches() ? Integer.parseInt(numbered.group(2)) : 0;
  }
}
