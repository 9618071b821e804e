package org.cancelsafe.emu.verifier;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the line of driver code behind what the machine does: the innermost frame that is not the machine's. */
public final class ModelSite {
  private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
  private static final List<String> NOT_THE_MODEL = List.of("java.", "jdk.", "sun.", "org.junit.");

  private ModelSite() {}

  /** Where the caller's driver is: file and line; null when there is none. */
  public static @Nullable String current() {
    return WALKER.walk(
        frames ->
            frames
                .filter(frame -> isModel(frame.getDeclaringClass()))
                .findFirst()
                .map(frame -> site(frame.toStackTraceElement()))
                .orElse(null));
  }

  static @Nullable String of(Throwable thrown) {
    return Arrays.stream(thrown.getStackTrace())
        .filter(ModelSite::isModel)
        .findFirst()
        .map(ModelSite::site)
        .orElse(null);
  }

  private static String site(StackTraceElement frame) {
    return frame.getFileName() + ":" + frame.getLineNumber();
  }

  private static boolean isModel(StackTraceElement frame) {
    try {
      return isModel(Class.forName(frame.getClassName(), false, Thread.currentThread().getContextClassLoader()));
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static boolean isModel(Class<?> type) {
    return NOT_THE_MODEL.stream().noneMatch(type.getName()::startsWith)
        && type.getProtectionDomain().getCodeSource() != null
        && !type.getProtectionDomain().getCodeSource().equals(ModelSite.class.getProtectionDomain().getCodeSource());
  }
}
