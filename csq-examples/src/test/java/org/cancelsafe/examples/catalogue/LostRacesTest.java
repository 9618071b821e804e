package org.cancelsafe.examples.catalogue;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code docs/lost-races.md} is what the catalogue and the hunter make of it today. */
class LostRacesTest {
  private static final Path PAGE = Path.of("../docs/lost-races.md");
  private static final String HOW =
      "docs/lost-races.md is not what the catalogue makes of it; this writes it anew:\n"
          + "  mvn -q -Dtest=LostRacesTest -Dsurefire.failIfNoSpecifiedTests=false -Dgolden.update=true test\n";

  @Test
  void thePageIsUpToDate() throws IOException {
    String page = LostRaces.page();
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(PAGE, page);
    }
    assertEquals(Files.readString(PAGE), page, HOW);
  }
}
