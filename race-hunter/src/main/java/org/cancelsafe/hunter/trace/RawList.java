package org.cancelsafe.hunter.trace;

import java.util.List;

/** The last resort of a printer: the steps as they are, one a line, with nothing computed that could fail. */
final class RawList {
  private static final int WIDTH = 120;

  private RawList() {}

  static String print(List<TraceStep> steps) {
    StringBuilder text = new StringBuilder();
    for (TraceStep step : steps) {
      String line = step.number() + " " + step.activity() + " " + step.text();
      text.append(PlainText.cut(PlainText.of(line), WIDTH)).append('\n');
    }
    return text.toString();
  }
}
