package org.cancelsafe.hunter.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.cancelsafe.hunter.Budget;
import org.cancelsafe.hunter.Hunt;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportHtml;
import org.cancelsafe.hunter.ReportMarkdown;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.models.Shapes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The trace of every shape. Run with {@code -Dgolden.update=true} to write the files anew, and read the difference. */
class ShapesTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  private static final Pattern FROM_ELSEWHERE = Pattern.compile("src=|<link|@import|url\\(|https?://");
  private static final Map<String, Report> REPORTS = new HashMap<>();

  static List<Scenario> shapes() {
    return Shapes.all();
  }

  private static Report report(Scenario shape) {
    return REPORTS.computeIfAbsent(shape.name(), name -> Hunt.in(shape).budget(Budget.of(Duration.ofMinutes(2))).run());
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void theTraceIsTheGoldenOne(Scenario shape) throws IOException {
    String text = ReportText.of(report(shape)).replaceAll("\\.java:\\d+", ".java:N");
    assertTrue(
        text.lines().filter(line -> !line.startsWith("replay")).allMatch(line -> line.length() <= 120),
        "wider than 120 columns:\n" + text);
    assertTrue(text.chars().allMatch(c -> c == '\n' || c >= ' ' && c < 0x7f), "not plain ASCII:\n" + text);
    assertGolden(shape + ".txt", text);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void theReviewIsTheGoldenOne(Scenario shape) throws IOException {
    String text = ReportMarkdown.of(report(shape)).replaceAll("\\.java:\\d+", ".java:N");
    assertGolden(shape + ".md", text);
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void thePageNeedsNothingElse(Scenario shape) {
    String page = ReportHtml.of(report(shape));
    assertFalse(FROM_ELSEWHERE.matcher(page).find(), page);
    assertTrue(page.contains("data-number=\""), page);
  }

  private static void assertGolden(String name, String text) throws IOException {
    Path file = GOLDEN.resolve(name);
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(file, text);
    }
    assertEquals(Files.readString(file), text);
  }
}
