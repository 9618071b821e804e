package org.cancelsafe.fidelity;

import com.google.common.base.Splitter;
import java.util.List;

/** A test method that checks a statement, and how it ended. */
record Result(int statement, Outcome outcome, String test) {
  private static final char SEPARATOR = '\t';

  String line() {
    return statement + String.valueOf(SEPARATOR) + outcome + SEPARATOR + test;
  }

  static Result parse(String line) {
    List<String> parts = Splitter.on(SEPARATOR).splitToList(line);
    return new Result(Integer.parseInt(parts.get(0)), Outcome.valueOf(parts.get(1)), parts.get(2));
  }
}
