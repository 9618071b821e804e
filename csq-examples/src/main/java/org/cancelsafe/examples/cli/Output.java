package org.cancelsafe.examples.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportHtml;
import org.cancelsafe.hunter.ReportMarkdown;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.testkit.ReportJson;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where results go, and how they are written there. */
final class Output {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--format",
      paramLabel = "text|json|markdown|html",
      description = "text (the default), json, markdown with a Mermaid diagram, or an html page with a step slider")
  private Format format = Format.TEXT;

  @Option(
      names = "--output",
      paramLabel = "PATH",
      description = "write to this file; to this directory, a file for each scenario, where PATH is one or ends with /")
  private @Nullable String path;

  Format format() {
    return format;
  }

  /** Refuses what could not be written in the end, before the hunt begins. */
  void check(int scenarios) {
    if (format == Format.HTML && scenarios > 1 && (path == null || !isDirectory())) {
      throw new ParameterException(
          spec.commandLine(),
          "html pages of " + scenarios + " scenarios need a directory: --output DIR/, or name one scenario");
    }
  }

  /**
   * Writes the results.
   *
   * @param together all of them in one text, for the formats that have one
   */
  void write(List<Report> reports, Function<List<Report>, String> together) {
    if (path != null && isDirectory()) {
      reports.forEach(this::writeOwnFile);
    } else if (path != null) {
      writeFile(Path.of(path), inOne(reports, together));
    } else {
      PrintWriter out = spec.commandLine().getOut();
      out.print(inOne(reports, together));
      out.flush();
    }
  }

  private String inOne(List<Report> reports, Function<List<Report>, String> together) {
    return switch (format) {
      case TEXT, JSON -> together.apply(reports);
      case MARKDOWN, HTML -> reports.stream().map(this::written).collect(Collectors.joining("\n"));
    };
  }

  /** One result by itself. */
  String written(Report report) {
    return switch (format) {
      case TEXT -> ReportText.of(report);
      case JSON -> ReportJson.of(report);
      case MARKDOWN -> ReportMarkdown.of(report);
      case HTML -> ReportHtml.of(report);
    };
  }

  private boolean isDirectory() {
    return path != null && (path.endsWith("/") || Files.isDirectory(Path.of(path)));
  }

  private void writeOwnFile(Report report) {
    writeFile(Path.of(String.valueOf(path), report.scenario() + "." + format.extension()), written(report));
  }

  private void writeFile(Path file, String content) {
    try {
      Path parent = file.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.writeString(file, content);
    } catch (IOException e) {
      throw new ParameterException(spec.commandLine(), "cannot write " + file + ": " + e.getMessage(), e);
    }
    PrintWriter err = spec.commandLine().getErr();
    err.println("csq: wrote " + file);
    err.flush();
  }
}
