package org.cancelsafe.hunter.trace;

/** Text that a terminal, a bug tracker and a mail show the same way: printable ASCII, of bearable length. */
public final class PlainText {
  private static final int LONGEST = 400;

  private PlainText() {}

  /** This text in printable ASCII, on one line; anything else as an escape, and the end of a long one left out. */
  public static String of(String text) {
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length() && plain.length() < LONGEST; i++) {
      char c = text.charAt(i);
      if (c >= ' ' && c < 0x7f) {
        plain.append(c);
      } else {
        plain.append(c == '\n' ? "\\n" : c == '\t' ? "\\t" : String.format("\\u%04x", (int) c));
      }
    }
    return plain.length() < LONGEST ? plain.toString() : plain.append("..").toString();
  }

  /** This text, no longer than that. */
  static String cut(String text, int width) {
    return text.length() <= width ? text : text.substring(0, Math.max(0, width - 2)) + "..";
  }
}
