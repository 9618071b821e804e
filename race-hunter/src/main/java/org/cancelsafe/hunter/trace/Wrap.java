package org.cancelsafe.hunter.trace;

import java.util.ArrayList;
import java.util.List;

/** Text that is too long for its column goes on in the next line, indented. */
public final class Wrap {
  private static final String INDENT = "    ";
  private static final int NARROWEST = 3 * INDENT.length() + 1;

  private Wrap() {}

  /** The lines of this text, none wider than that; broken at blanks, or else behind a parenthesis or a dot. */
  public static List<String> at(int width, String text) {
    if (width < NARROWEST) {
      return List.of(PlainText.cut(text, width));
    }
    List<String> lines = new ArrayList<>();
    String rest = text;
    while (rest.length() > width) {
      int end = breakAt(rest, width);
      lines.add(rest.substring(0, end));
      rest = INDENT + rest.substring(end).strip();
    }
    lines.add(rest);
    return lines;
  }

  private static int breakAt(String text, int width) {
    int least = width / 3;
    int blank = text.lastIndexOf(' ', width);
    if (blank > least) {
      return blank;
    }
    int joint = Math.max(text.lastIndexOf('(', width - 1), text.lastIndexOf('.', width - 1));
    return joint > least ? joint + 1 : width;
  }
}
