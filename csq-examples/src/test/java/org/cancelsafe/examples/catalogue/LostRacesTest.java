package org.cancelsafe.examples.catalogue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code docs/lost-races.md} is what the catalogue and the hunter make of it today. */
class LostRacesTest {
  private static final Path PAGE = Path.of("../docs/lost-races.md");
  private static final int TEXTBOOK_RACES = 42;
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

  static Stream<String> races() {
    IntStream shipped =
        IntStream.of(1, 3, 4, 6, 7, 8, 9, 10, 12, 16, 17, 18, 25, 26, 28, 29, 36, 39, 40, 45, 47, 50, 52, 53, 54, 55);
    IntStream designs = IntStream.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 16);
    return Stream.of(
            IntStream.rangeClosed(1, TEXTBOOK_RACES).mapToObj(number -> "T-" + number),
            shipped.mapToObj(number -> "B-" + number),
            designs.mapToObj(number -> "S-" + number))
        .flatMap(races -> races);
  }

  @ParameterizedTest
  @MethodSource("races")
  void everyRaceAndDesignHasAnEntry(String id) {
    assertTrue(Catalogue.entries().stream().anyMatch(one -> one.story().id().equals(id)), id);
  }
}
