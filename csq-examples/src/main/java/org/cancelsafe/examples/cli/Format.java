package org.cancelsafe.examples.cli;

import java.util.Locale;

/** How results are written. */
enum Format {
  /** For people. */
  TEXT("txt"),
  /** For programs. */
  JSON("json"),
  /** For a code review: Markdown with a Mermaid diagram. */
  MARKDOWN("md"),
  /** One page for a browser. */
  HTML("html");

  private final String extension;

  Format(String extension) {
    this.extension = extension;
  }

  String extension() {
    return extension;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
