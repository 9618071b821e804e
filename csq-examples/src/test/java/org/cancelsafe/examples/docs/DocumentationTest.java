package org.cancelsafe.examples.docs;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.cancelsafe.examples.catalogue.Catalogue;
import org.cancelsafe.examples.catalogue.ScenarioNames;
import org.cancelsafe.examples.cli.Csq;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.ReportText;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.ParseResult;

/**
 * What the documentation shows is so. Its Java is this project's, word for word, and is compiled and run with it; its
 * traces are what the hunter prints; its commands are understood; its links lead somewhere.
 */
class DocumentationTest {
  private static final Pattern SCENARIO = Pattern.compile("^scenario   ([^:]+):", Pattern.MULTILINE);
  private static final Pattern SYSTEM_PROPERTY = Pattern.compile("-Dtest='?([\\w,]+)");
  private static final Pattern ANCHOR = Pattern.compile("^#+ (.*)$|<a id=\"([^\"]+)\">", Pattern.MULTILINE);
  private static final String HOW =
      " is not what the hunter prints; this writes it anew:\n"
          + "  mvn -q -Dtest=DocumentationTest -Dsurefire.failIfNoSpecifiedTests=false -Dgolden.update=true test\n";

  static Stream<Markdown> pages() {
    return Stream.of("README.md", "docs/guide.md", "docs/hunting.md", "docs/design.md").map(Markdown::of);
  }

  @ParameterizedTest
  @MethodSource("pages")
  void itsJavaIsThisProjects(Markdown page) throws IOException {
    List<String> sources = sources().stream().map(Markdown::read).map(DocumentationTest::trimmed).toList();
    assertAll(
        page.blocks("java").stream()
            .map(
                block ->
                    () ->
                        assertTrue(
                            sources.stream().anyMatch(source -> source.contains(trimmed(block))),
                            "no source of this project contains:\n" + block)));
  }

  private static List<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(Markdown.TOP)) {
      return files
          .filter(file -> file.toString().endsWith(".java") && !file.toString().contains("/target/"))
          .toList();
    }
  }

  private static String trimmed(String code) {
    return code.lines().map(String::strip).collect(Collectors.joining("\n", "\n", "\n"));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void itsTracesAreTheHunters(Markdown page) throws IOException {
    String text = page.text();
    for (String block : page.blocks("")) {
      Matcher scenario = SCENARIO.matcher(block);
      if (block.startsWith("VIOLATION") && scenario.find()) {
        text = text.replace(block, trace(scenario.group(1)));
      }
    }
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(page.path(), text);
    }
    assertEquals(Markdown.read(page.path()), text, page + HOW);
  }

  private static String trace(String scenario) {
    return ReportText.of(Hunter.explore(ScenarioNames.find(Catalogue.all(), List.of(scenario)).get(0)));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void itsCommandsAreUnderstood(Markdown page) {
    assertAll(page.commands("./csq").stream().map(line -> () -> checkCsq(line)));
  }

  private static void checkCsq(String line) {
    String[] words = Splitter.on(' ').omitEmptyStrings().splitToStream(line).skip(1).toArray(String[]::new);
    ParseResult command = Csq.commandLine(Catalogue.all()).parseArgs(words).subcommand();
    if (command.commandSpec().name().equals("hunt")) {
      List<String> names = command.matchedPositionalValue(0, List.of());
      assertFalse(ScenarioNames.find(Catalogue.all(), names).isEmpty());
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void itsTestsExist(Markdown page) {
    assertAll(
        page.commands("mvn").stream()
            .flatMap(line -> SYSTEM_PROPERTY.matcher(line).results())
            .flatMap(match -> Splitter.on(',').splitToStream(match.group(1)))
            .map(test -> () -> assertTrue(sources().stream().anyMatch(file -> file.endsWith(test + ".java")), test)));
  }

  @ParameterizedTest
  @MethodSource("pages")
  void itsLinksLeadSomewhere(Markdown page) {
    assertAll(page.links().stream().map(link -> (Executable) () -> checkLink(page, link)));
  }

  private static void checkLink(Markdown page, String link) {
    List<String> parts = Splitter.on('#').limit(2).splitToList(link);
    Path target = parts.get(0).isEmpty() ? page.path() : page.path().resolveSibling(parts.get(0));
    assertTrue(Files.exists(target), link);
    if (parts.size() == 2) {
      assertTrue(
          ANCHOR.matcher(Markdown.read(target)).results()
              .anyMatch(anchor -> parts.get(1).equals(anchor.group(2)) || parts.get(1).equals(slug(anchor.group(1)))),
          link);
    }
  }

  private static String slug(String heading) {
    return heading == null
        ? ""
        : heading.toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", "").replace(' ', '-');
  }
}
