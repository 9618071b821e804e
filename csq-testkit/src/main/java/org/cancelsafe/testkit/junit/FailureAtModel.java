package org.cancelsafe.testkit.junit;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.explore.Finding;
import org.opentest4j.AssertionFailedError;

/**
 * A failure whose stack trace is the model's: where it was thrown, as far as that is code of the user's, else the lines
 * that the trace calls decisive; then the test method. What the hunter did to get there helps nobody.
 */
final class FailureAtModel {
  private static final Pattern SITE = Pattern.compile("(.*?) at ([\\w$]+\\.\\w+):([0-9]+)");
  private static final List<String> NOT_THE_MODEL =
      List.of(
          "java.", "jdk.", "sun.", "org.junit.", "org.opentest4j.", "org.assertj.", "org.hamcrest.",
          "com.google.common.truth.", "org.apache.maven.", "org.cancelsafe.emu.", "org.cancelsafe.hunter.",
          "org.cancelsafe.testkit.junit.ModelMethod", "org.cancelsafe.testkit.junit.Hunt");

  private final Class<?> test;
  private final Method method;

  FailureAtModel(Class<?> test, Method method) {
    this.test = test;
    this.method = method;
  }

  /** The failure that this report is. */
  AssertionFailedError of(Report report, String message) {
    Finding finding = report.finding();
    AssertionFailedError failure =
        finding != null && finding.cause() instanceof AssertionFailedError in && in.isExpectedDefined()
            ? new AssertionFailedError(message, in.getExpected(), in.getActual())
            : new AssertionFailedError(message);
    failure.setStackTrace(stackTrace(report));
    return failure;
  }

  /** The scenario could not be hunted in. */
  IllegalStateException error(Report report, String message) {
    IllegalStateException failure = new IllegalStateException(message);
    failure.setStackTrace(stackTrace(report));
    return failure;
  }

  private StackTraceElement[] stackTrace(Report report) {
    List<StackTraceElement> frames = new ArrayList<>();
    Finding finding = report.finding();
    if (finding != null) {
      Arrays.stream(finding.cause().getStackTrace()).filter(FailureAtModel::isModel).forEach(frames::add);
    }
    if (frames.isEmpty() && report.counterexample() != null) {
      report.counterexample().trace().sites().forEach(site -> addDecisive(frames, site));
    }
    if (frames.stream().noneMatch(this::isTestMethod)) {
      frames.add(new StackTraceElement(test.getName(), method.getName(), fileName(), -1));
    }
    return frames.toArray(StackTraceElement[]::new);
  }

  /** As {@code #5 Cancel at Reads.java:40: xchg ...}; whose class that is the trace does not know. */
  private static void addDecisive(List<StackTraceElement> frames, String site) {
    Matcher at = SITE.matcher(site);
    if (at.find()) {
      frames.add(new StackTraceElement("model", at.group(1), at.group(2), Integer.parseInt(at.group(3))));
    }
  }

  private String fileName() {
    String inPackage = test.getName().substring(test.getName().lastIndexOf('.') + 1);
    int nested = inPackage.indexOf('$');
    return (nested < 0 ? inPackage : inPackage.substring(0, nested)) + ".java";
  }

  private static boolean isModel(StackTraceElement frame) {
    return NOT_THE_MODEL.stream().noneMatch(frame.getClassName()::startsWith);
  }

  private boolean isTestMethod(StackTraceElement frame) {
    return frame.getClassName().equals(test.getName()) && frame.getMethodName().equals(method.getName());
  }
}
