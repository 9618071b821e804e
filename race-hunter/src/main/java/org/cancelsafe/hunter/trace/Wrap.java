package org.cancelsafe.hunter.trace;

import java.util.ArrayList;
import java.util.List;

/** Text that is too long for its column goes on in the next line, indented. */
public final class Wrap {
  private static final String INDENT = "    ";

  private Wrap() {}

  /** The lines of this text, none wider than that; broken at blanks where there are any. */
  public static List<String> at(int width, String text) {
    List<String> lines = new ArrayList<>();
    String rest = text;
    while (rest.length() > width) {
      int blank = rest.lastIndexOf(' ', width);
      int end = blank > width / 3 ? blank : width;
      lines.add(rest.substring(0, end));
      rest = INDENT + rest.substring(end).strip();
    }
    lines.add(rest);
    return lines;
  }
}
