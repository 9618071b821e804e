package org.cancelsafe.emu.verifier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code docs/rules.md} lists every rule there is. */
class RulesPageTest {
  private static final Path PAGE = Path.of("../docs/rules.md");
  private static final String HOW =
      "docs/rules.md is not the list of the rules; this writes it anew:\n"
          + "  mvn -q -pl io-manager-emu -am -Dtest=RulesPageTest -Dsurefire.failIfNoSpecifiedTests=false"
          + " -Dgolden.update=true test\n";
  private static final String HEAD =
      """
      # The rules

      What a machine stops for, under the names that Driver Verifier, Static Driver Verifier and the kernel have for it.
      A rule is checked from the smallest set that is named here on: `Verifier.OFF` holds a machine to what the kernel
      itself stops for, `Verifier.STANDARD` to Driver Verifier's checks too, `Verifier.EVERYTHING` also to what only
      Static Driver Verifier has. Where a rule has no number behind the slash, Driver Verifier has none for it.

      Code that breaks each of them, and code that does the same job and keeps it, is in the
      [examples](../io-manager-emu/src/test/java/org/cancelsafe/emu/rules) that the tests run.

      | rule | number | bug check | checked from | constant |
      |---|---|---|---|---|
      """;

  private static String page() {
    StringBuilder page = new StringBuilder(HEAD);
    for (Rule rule : Rule.values()) {
      page.append(
          String.format(
              "| %s | `%s` | %s | %s | `%s` |\n",
              rule.ruleName(), rule.number(), rule.code(), rule.checkedFrom(), rule));
    }
    return page.toString();
  }

  @Test
  void thePageIsUpToDate() throws IOException {
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(PAGE, page());
    }
    assertEquals(Files.readString(PAGE), page(), HOW);
  }
}
