package org.cancelsafe.testkit;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.cancelsafe.emu.io.FileObject;
import org.jspecify.annotations.Nullable;

/** The peek contexts that mean the IRPs of one file, by its number; one that was made anew replaces the one before. */
final class PeekContexts {
  private final Map<Integer, Object> byFile = new ConcurrentHashMap<>();

  void put(int file, @Nullable Object context) {
    if (context != null) {
      byFile.put(file, context);
    }
  }

  /** The context that means this file; null when the queue has no contexts. */
  @Nullable Object of(int file) {
    return byFile.get(file);
  }

  /** The file that this context means, or null. */
  @Nullable Integer fileOf(@Nullable Object context) {
    return byFile.entrySet().stream()
        .filter(entry -> entry.getValue().equals(context))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(null);
  }
}
