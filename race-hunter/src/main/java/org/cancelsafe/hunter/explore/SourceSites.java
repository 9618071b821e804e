package org.cancelsafe.hunter.explore;

import java.security.CodeSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.ModelSite;
import org.jspecify.annotations.Nullable;

/**
 * Finds the line of model code behind a step: the innermost frame that is neither the machine's nor a library's nor the
 * hunter's.
 */
public final class SourceSites {
  private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
  private static final @Nullable Object MACHINE = codeOf(Machine.class);
  private static final @Nullable Object HUNTER = codeOf(SourceSites.class);
  private static final List<String> NOT_THE_MODEL =
      List.of(
          "org.cancelsafe.hunter.", "org.opentest4j.", "org.assertj.", "org.hamcrest.", "com.google.common.truth.");
  private static final ClassValue<Boolean> IS_MODEL =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          Object code = codeOf(type);
          return code != null && !code.equals(MACHINE) && !code.equals(HUNTER);
        }
      };

  private SourceSites() {}

  /** Where the running activity is. */
  public static @Nullable String current() {
    return WALKER.walk(
        frames ->
            frames
                .filter(frame -> isModel(frame.getDeclaringClass()) && ModelSite.isModel(frame.getDeclaringClass()))
                .findFirst()
                .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
                .orElse(null));
  }

  /** Where in the model this was thrown; null when it was not there. */
  public static @Nullable String of(Throwable thrown) {
    Optional<StackTraceElement> frame =
        Arrays.stream(thrown.getStackTrace()).filter(SourceSites::isModel).findFirst();
    return frame.map(element -> element.getFileName() + ":" + element.getLineNumber()).orElse(null);
  }

  /** Whether a model runs the class as its own, its libraries' among them. */
  static boolean isModel(Class<?> type) {
    return IS_MODEL.get(type);
  }

  private static boolean isModel(StackTraceElement frame) {
    return NOT_THE_MODEL.stream().noneMatch(frame.getClassName()::startsWith) && ModelSite.isModel(frame);
  }

  private static @Nullable Object codeOf(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return source == null ? null : source.getLocation();
  }
}
