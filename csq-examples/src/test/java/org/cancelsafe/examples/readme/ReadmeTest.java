package org.cancelsafe.examples.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.junit.jupiter.api.Test;

/** The README's code is this project's code, and its trace is the one that is printed. */
class ReadmeTest {
  @Test
  void theTraceOfTheBrokenQueueIsTheOneInTheReadme() throws IOException {
    Report report = Hunter.explore(Readme.scenarios().get(0));
    assertEquals(Verdict.RACE, report.verdict());
    String text = ReportText.of(report);
    assertTrue(readme().contains(text), "the README does not contain:\n" + text);
  }

  @Test
  void theFixIsVerified() {
    assertEquals(Verdict.VERIFIED, Hunter.explore(Readme.scenarios().get(1)).verdict());
  }

  @Test
  void theCodeIsTheOneInTheReadme() throws IOException {
    Path sources = Path.of("src/main/java/org/cancelsafe/examples/readme");
    for (String source : List.of("PendedReads.java", "Readme.java")) {
      String[] parts = Files.readString(sources.resolve(source)).split("// README: (?=broken|scenario|fix)");
      for (int i = 1; i < parts.length; i++) {
        String block = parts[i].substring(parts[i].indexOf('\n') + 1, parts[i].indexOf("// README: end"));
        String code = block.stripTrailing().stripIndent();
        assertTrue(readme().contains(code), "the README does not contain:\n" + code);
      }
    }
  }

  @Test
  void theConsumersProjectIsTheOneInTheReadme() throws IOException {
    Path tests = Path.of("consumer/src/test/java/com/example/reader");
    String pom = Files.readString(Path.of("consumer/pom.xml"));
    String contract = Files.readString(tests.resolve("BrokenCallbacksContractTest.java"));
    String hunt = Files.readString(tests.resolve("BrokenQueueTest.java"));
    String method = hunt.substring(hunt.indexOf("  @RaceHunt\n"), hunt.lastIndexOf('}')).stripTrailing().stripIndent();
    for (String code : List.of(pom, contract, method)) {
      assertTrue(readme().contains(code), "the README does not contain:\n" + code);
    }
  }

  private static String readme() throws IOException {
    return Files.readString(Path.of("../README.md"));
  }
}
