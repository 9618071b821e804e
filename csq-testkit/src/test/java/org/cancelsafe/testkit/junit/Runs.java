package org.cancelsafe.testkit.junit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.List;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.EventType;

/** Runs test classes as JUnit does, and gives what came of them. */
final class Runs {
  private Runs() {}

  static EngineExecutionResults of(Class<?> tests) {
    return builder(tests).execute();
  }

  static EngineTestKit.Builder builder(Class<?> tests) {
    return EngineTestKit.engine("junit-jupiter").selectors(selectClass(tests));
  }

  /** The one failure there is. */
  static Throwable failure(Class<?> tests) {
    List<Throwable> failures = failures(of(tests));
    if (failures.size() != 1) {
      throw new AssertionError(failures.size() + " failures: " + failures);
    }
    return failures.get(0);
  }

  static List<Throwable> failures(EngineExecutionResults results) {
    return results.allEvents().filter(event -> event.getType() == EventType.FINISHED)
        .map(event -> event.getRequiredPayload(TestExecutionResult.class))
        .filter(result -> result.getStatus() == TestExecutionResult.Status.FAILED)
        .flatMap(result -> result.getThrowable().stream())
        .toList();
  }

  /** That there is one failure for so many tests, and it is this message. */
  static String message(Class<?> tests) {
    return String.valueOf(failure(tests).getMessage());
  }
}
