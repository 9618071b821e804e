package org.cancelsafe.examples.catalogue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The trace of each shape of finding, as a reviewer gets to see it. Run with {@code -Dgolden.update=true} to write the
 * files anew, and read the difference.
 */
class GoldenTraceTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "canary", "T-2.broken", "T-3.broken", "T-4.broken", "T-9.broken", "T-20.broken", "B-6.broken", "B-9.broken",
        "B-45.broken", "B-50.v2-2a1s", "S-1.broken", "S-1.broken-remove-lock", "S-2.broken"
      })
  void theTraceIsTheGoldenOne(String name) throws IOException {
    Scenario scenario = ScenarioNames.find(Catalogue.all(), List.of(name)).get(0);
    String text = withoutLineNumbers(ReportText.of(Hunter.explore(scenario)));
    assertTrue(text.lines().allMatch(line -> line.length() <= 120), "wider than 120 columns:\n" + text);
    Path file = GOLDEN.resolve(name + ".txt");
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(file, text);
    }
    assertEquals(Files.readString(file), text);
  }

  private static String withoutLineNumbers(String text) {
    return text.replaceAll("\\.java:\\d+", ".java:N");
  }
}
