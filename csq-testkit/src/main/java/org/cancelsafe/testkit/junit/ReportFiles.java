package org.cancelsafe.testkit.junit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportHtml;
import org.cancelsafe.hunter.ReportMarkdown;
import org.cancelsafe.testkit.ReportJson;
import org.jspecify.annotations.Nullable;

/** Where the reports of a run go: a file for each test. */
final class ReportFiles {
  private final Path directory;

  ReportFiles(String directory) {
    this.directory = Path.of(directory);
  }

  /** Writes the report of this test: as this text, and a trace as JSON, Markdown and HTML too. */
  void write(Class<?> test, Report report, String text) {
    String prefix = test.getPackageName().isEmpty() ? "" : test.getPackageName() + ".";
    String name = prefix + report.scenario();
    write(name + ".txt", text);
    boolean traced = report.counterexample() != null;
    write(name + ".json", traced ? ReportJson.of(report) : null);
    write(name + ".md", traced ? ReportMarkdown.of(report) : null);
    write(name + ".html", traced ? ReportHtml.of(report) : null);
  }

  /** Without a text the file of an earlier run goes away. */
  private void write(String name, @Nullable String text) {
    Path file = directory.resolve(name);
    try {
      if (text == null) {
        Files.deleteIfExists(file);
        return;
      }
      Files.createDirectories(directory);
      Files.writeString(file, text, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("the report " + file.toAbsolutePath() + " cannot be written", e);
    }
  }
}
