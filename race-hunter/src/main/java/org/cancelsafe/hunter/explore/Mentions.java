package org.cancelsafe.hunter.explore;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** Finds model code that is about something of the JDK: a class, or the one it is nested in, mentions it. */
final class Mentions {
  private static final String LOCKS = "java/util/concurrent/locks/";

  /** A lock can be held. */
  static final Mentions OF_LOCKS = new Mentions(LOCKS);

  /** It matters on which thread what runs: a lock belongs to one. */
  static final Mentions OF_THREADS =
      new Mentions("currentThread", "java/lang/ThreadLocal", "java/lang/InheritableThreadLocal", LOCKS);

  private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  private final List<String> constants;
  private final ClassValue<Boolean> byModelClass =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          return SourceSites.isModel(type) && (isIn(type) || isIn(type.getNestHost()));
        }
      };

  private Mentions(String... constants) {
    this.constants = List.of(constants);
  }

  /** Whether it is in any of the model's classes that are being executed. */
  boolean areOnStack() {
    return WALKER.walk(frames -> frames.anyMatch(frame -> areIn(frame.getDeclaringClass())));
  }

  /** Whether it is in this class, and that is of the model. */
  boolean areIn(Class<?> type) {
    return byModelClass.get(type);
  }

  private boolean isIn(Class<?> type) {
    String name = type.getName().substring(type.getName().lastIndexOf('.') + 1) + ".class";
    try (InputStream file = type.getResourceAsStream(name)) {
      String code = file == null ? "" : new String(file.readAllBytes(), ISO_8859_1);
      return constants.stream().anyMatch(code::contains);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
