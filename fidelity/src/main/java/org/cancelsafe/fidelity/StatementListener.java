package org.cancelsafe.fidelity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Writes down how the tests of a module that check statements have ended, whatever engine ran them. JUnit finds it by
 * itself; it writes when the system property {@value #FILE} names a file.
 */
public final class StatementListener implements TestExecutionListener {
  static final String FILE = "fidelity.results";

  private final Map<Method, Outcome> outcomes = new ConcurrentHashMap<>();
  private final @Nullable Path file;

  /** For JUnit. */
  public StatementListener() {
    this(System.getProperty(FILE) == null ? null : Path.of(System.getProperty(FILE)));
  }

  StatementListener(@Nullable Path file) {
    this.file = file;
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (file == null || !(test.getSource().orElse(null) instanceof MethodSource source)) {
      return;
    }
    Method method = source.getJavaMethod();
    if (method.isAnnotationPresent(Statement.class)) {
      outcomes.merge(method, outcome(result), Outcome::and);
    }
  }

  private static Outcome outcome(TestExecutionResult result) {
    return switch (result.getStatus()) {
      case SUCCESSFUL -> Outcome.PASSED;
      case ABORTED -> Outcome.ABORTED;
      case FAILED -> Outcome.FAILED;
    };
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    if (file == null) {
      return;
    }
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(file, lines());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> lines() {
    return outcomes.entrySet().stream()
        .flatMap(entry -> results(entry.getKey(), entry.getValue()))
        .sorted(Comparator.comparingInt(Result::statement).thenComparing(Result::test))
        .map(Result::line)
        .toList();
  }

  private static Stream<Result> results(Method method, Outcome outcome) {
    String name = method.getDeclaringClass().getSimpleName() + "." + method.getName();
    return Arrays.stream(method.getAnnotation(Statement.class).value())
        .mapToObj(number -> new Result(number, outcome, name));
  }
}
