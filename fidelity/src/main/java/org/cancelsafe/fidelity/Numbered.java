package org.cancelsafe.fidelity;

import com.google.common.base.CharMatcher;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.io.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A text with numbered lines, {@code 12. something}; other lines are remarks. */
final class Numbered {
  private Numbered() {}

  static ImmutableSortedMap<Integer, String> resource(String name) {
    try {
      return parse(Resources.readLines(Resources.getResource(Numbered.class, name), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ImmutableSortedMap<Integer, String> parse(List<String> lines) {
    ImmutableSortedMap.Builder<Integer, String> numbered = ImmutableSortedMap.naturalOrder();
    for (String line : lines) {
      int dot = line.indexOf(". ");
      if (dot > 0 && CharMatcher.inRange('0', '9').matchesAllOf(line.substring(0, dot))) {
        numbered.put(Integer.parseInt(line.substring(0, dot)), line.substring(dot + 2).trim());
      }
    }
    return numbered.buildOrThrow();
  }
}
