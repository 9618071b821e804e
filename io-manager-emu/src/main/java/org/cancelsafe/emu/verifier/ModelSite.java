package org.cancelsafe.emu.verifier;

import java.security.CodeSource;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the line of driver code behind what the machine does: the innermost frame that is neither the machine's nor a
 * {@linkplain DriverLibrary library's}.
 */
public final class ModelSite {
  private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
  private static final @Nullable Object MACHINE = codeOf(ModelSite.class);
  private static final List<String> NOT_THE_MODEL = List.of("java.", "jdk.", "sun.", "org.junit.");
  private static final ClassValue<Boolean> IS_MODEL =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          Object code = codeOf(type);
          return code != null && !code.equals(MACHINE) && !isInLibrary(type, code)
              && isNamedAsModel(type.getName());
        }
      };

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

  /** Whether the line is a driver's or its scenario's, as is all that only a class loader of their own finds. */
  public static boolean isModel(StackTraceElement frame) {
    try {
      return isModel(Class.forName(frame.getClassName(), false, Thread.currentThread().getContextClassLoader()));
    } catch (ClassNotFoundException e) {
      return isNamedAsModel(frame.getClassName());
    }
  }

  /** Whether the class is a driver's or its scenario's. */
  public static boolean isModel(Class<?> type) {
    return IS_MODEL.get(type);
  }

  private static boolean isNamedAsModel(String type) {
    return NOT_THE_MODEL.stream().noneMatch(type::startsWith);
  }

  private static boolean isInLibrary(Class<?> type, Object code) {
    try {
      Class<?> itsPackage = Class.forName(type.getPackageName() + ".package-info", false, type.getClassLoader());
      return itsPackage.isAnnotationPresent(DriverLibrary.class) && code.equals(codeOf(itsPackage));
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  private static @Nullable Object codeOf(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return source == null ? null : source.getLocation();
  }
}
