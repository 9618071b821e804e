package org.cancelsafe.examples.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** A page of the documentation, and what in it can be checked. */
record Markdown(Path path, String text) {
  static final Path TOP = Path.of("..");

  private static final Pattern BLOCK = Pattern.compile("^```(\\w*)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

  static Markdown of(String name) {
    Path path = TOP.resolve(name);
    return new Markdown(path, read(path));
  }

  static String read(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its code blocks in this language; those without one have none. */
  List<String> blocks(String language) {
    return BLOCK.matcher(text).results()
        .filter(block -> block.group(1).equals(language))
        .map(block -> block.group(2))
        .toList();
  }

  /** The lines of its blocks that begin with this command, without their comments. */
  List<String> commands(String command) {
    return blocks("").stream()
        .flatMap(String::lines)
        .filter(line -> line.startsWith(command + " "))
        .map(line -> line.replaceAll("\\s+#.*", ""))
        .toList();
  }

  /** Where it leads to within the project. */
  List<String> links() {
    return LINK.matcher(text).results()
        .map((MatchResult link) -> link.group(1))
        .filter(link -> !link.contains("://"))
        .toList();
  }

  @Override
  public String toString() {
    return path.getFileName().toString();
  }
}
