package org.cancelsafe.testkit.junit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the reports of a run go: a file for each test. */
final class ReportFiles {
  private final Path directory;

  ReportFiles(String directory) {
    this.directory = Path.of(directory);
  }

  /** Writes the report of this test. */
  void write(Class<?> test, String scenario, String text) {
    String prefix = test.getPackageName().isEmpty() ? "" : test.getPackageName() + ".";
    Path file = directory.resolve(prefix + scenario + ".txt");
    try {
      Files.createDirectories(directory);
      Files.writeString(file, text, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the report " + file.toAbsolutePath() + " cannot be written", e);
    }
  }
}
