package org.cancelsafe.examples.catalogue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** Finds excerpts in this module's sources: what begins on a line ends on the line that closes its brace. */
final class SourceCode {
  private static final Path SOURCES = Path.of("src/main/java");

  private SourceCode() {}

  static String of(Excerpt excerpt) {
    String type = excerpt.type().getSimpleName();
    List<String> code = block(file(excerpt.type()), "\\b(class|enum) " + type + "\\b", excerpt);
    if (!excerpt.method().isEmpty()) {
      code = block(code.subList(1, code.size()), "^ +[\\w@<>?.]+[^=;(]* " + excerpt.method() + "\\(", excerpt);
    }
    return String.join("\n", code).stripIndent();
  }

  private static List<String> file(Class<?> type) {
    Path file = SOURCES.resolve(type.getName().replace('.', '/').replaceAll("\\$.*", "") + ".java");
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> block(List<String> lines, String begin, Excerpt excerpt) {
    Pattern pattern = Pattern.compile(begin);
    for (int first = 0; first < lines.size(); first++) {
      String line = lines.get(first);
      if (isCode(line) && pattern.matcher(line).find()) {
        String end = " ".repeat(line.length() - line.stripLeading().length()) + "}";
        int last = first + lines.subList(first, lines.size()).indexOf(end);
        return lines.subList(first, last + 1);
      }
    }
    throw new IllegalArgumentException("there is no " + excerpt + " in the sources");
  }

  private static boolean isCode(String line) {
    return !line.stripLeading().startsWith("*") && !line.stripLeading().startsWith("/*");
  }
}
