package org.cancelsafe.examples.catalogue;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.cancelsafe.hunter.Budget;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Expectation;

/** The page of lost races. */
final class LostRaces {
  /** As many schedules as a hunt from the shell may run, and time enough for a busy computer. */
  static final Budget BUDGET = new Budget(Duration.ofMinutes(2), Budget.STANDARD.schedules());

  private static final Pattern REFERENCE = Pattern.compile("\\b[TBS]-\\d+\\b(?!\\.\\w)");
  private static final String HEAD =
      """
      # Lost races

      Each entry is a mistake that loses a race: what goes wrong, where it was shipped, the lines that matter, the
      smallest counterexample that the hunter finds, and how it is right. `T` are textbook races, `B` races of real
      drivers, `S` designs of driver samples. What is called verified was run in every inequivalent schedule. The models
      are ours, written from descriptions; no driver's source was copied.

      `./csq hunt T-3` hunts in an entry's scenarios, `./csq replay` shows a trace again. Link to an entry by its
      number, as in `docs/lost-races.md#t-3`.

      """;

  private final StringBuilder text = new StringBuilder(HEAD);

  private LostRaces() {}

  static String page() {
    LostRaces page = new LostRaces();
    List<Family> families = Arrays.stream(Family.values()).filter(family -> !entriesOf(family).isEmpty()).toList();
    families.forEach(page::index);
    families.forEach(page::chapter);
    return page.text.toString();
  }

  private static List<CatalogueEntry> entriesOf(Family family) {
    return Catalogue.entries().stream().filter(entry -> entry.story().family() == family).toList();
  }

  private void index(Family family) {
    text.append("**").append(family.title()).append("**\n\n");
    for (CatalogueEntry entry : entriesOf(family)) {
      Story story = entry.story();
      text.append("* [").append(story.id()).append("](#").append(anchor(story)).append(") ").append(story.title());
      text.append('\n');
    }
    text.append('\n');
  }

  private void chapter(Family family) {
    text.append("## ").append(family.title()).append("\n\n");
    entriesOf(family).forEach(this::entry);
  }

  private void entry(CatalogueEntry entry) {
    Story story = entry.story();
    text.append("<a id=\"").append(anchor(story)).append("\"></a>\n");
    text.append("### ").append(story.id()).append(": ").append(story.title()).append("\n\n");
    text.append(withLinks(story.text())).append("\n\n");
    if (!story.shipped().isEmpty()) {
      text.append(story.family() == Family.DESIGNS ? "From: " : "Shipped: ");
      text.append(withLinks(story.shipped())).append("\n\n");
    }
    scenarios(entry.scenarios());
    code("The mistake:", story.mistake());
    entry.scenarios().stream().filter(scenario -> scenario.expectation() == Expectation.RACE).forEach(this::trace);
    code(story.mistake().isEmpty() ? "The code:" : "How it is right:", story.correction());
  }

  /** Where a text speaks of another entry, it leads there. */
  private static String withLinks(String text) {
    return REFERENCE.matcher(text).replaceAll(
        reference -> {
          String id = reference.group();
          boolean known = Catalogue.entries().stream().anyMatch(entry -> entry.story().id().equals(id));
          return known ? "[" + id + "](#" + id.toLowerCase(Locale.ROOT) + ")" : id;
        });
  }

  private static String anchor(Story story) {
    return story.id().toLowerCase(Locale.ROOT);
  }

  private void scenarios(List<Scenario> scenarios) {
    text.append("| scenario | | verdict |\n|---|---|---|\n");
    for (Scenario scenario : scenarios) {
      boolean race = scenario.expectation() == Expectation.RACE;
      text.append("| `").append(scenario).append("` | ").append(scenario.about()).append(" | ");
      text.append(race ? "race: " + scenario.rule() : "verified").append(" |\n");
    }
    text.append('\n');
  }

  private void code(String title, ImmutableList<Excerpt> excerpts) {
    if (!excerpts.isEmpty()) {
      text.append(title).append("\n\n```java\n");
      text.append(excerpts.stream().map(SourceCode::of).collect(Collectors.joining("\n\n")));
      text.append("\n```\n\n");
    }
  }

  private void trace(Scenario scenario) {
    String report = ReportText.of(Hunter.explore(scenario, BUDGET)).replaceAll("\\.java:\\d+", ".java");
    text.append("What the hunter finds:\n\n```\n").append(report).append("```\n\n");
  }
}
