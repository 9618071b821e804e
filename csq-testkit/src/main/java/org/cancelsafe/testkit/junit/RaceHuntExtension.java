package org.cancelsafe.testkit.junit;

import java.lang.reflect.Method;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.scenario.Scenario;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Runs a method with {@link RaceHunt} under the hunter instead of once. */
final class RaceHuntExtension implements ParameterResolver, InvocationInterceptor {
  private static final Pattern INVOCATION = Pattern.compile("#([0-9]+)]$");
  private static final String TEMPLATE = "[test-template-invocation:";
  private static final String REPORTS = "cancelsafe.reports";
  private static final String DEFAULT_REPORTS = "target/race-hunt";

  RaceHuntExtension() {}

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Machine.class
        && AnnotationSupport.isAnnotated(parameter.getDeclaringExecutable(), RaceHunt.class);
  }

  /** There is a machine for each schedule, and none yet. */
  @Override
  public @Nullable Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    if (!context.getUniqueId().contains(TEMPLATE)) {
      throw new ParameterResolutionException(
          "@RaceHunt makes " + context.getRequiredTestMethod().getName() + " a test by itself: take @Test away");
    }
    return null;
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<@Nullable Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context) {
    invocation.skip();
    RaceHunt hunt = AnnotationSupport.findAnnotation(method.getExecutable(), RaceHunt.class).orElseThrow();
    Object test = method.getTarget().orElse(null);
    Class<?> testClass = context.getRequiredTestClass();
    String name = ModelMethod.nameOf(testClass, method.getExecutable()) + variant(method, context);
    Scenario scenario =
        ModelMethod.scenario(
            name, context.getDisplayName().strip(), method.getExecutable(), test, method.getArguments(), hunt);
    ReportFiles files = new ReportFiles(context.getConfigurationParameter(REPORTS).orElse(DEFAULT_REPORTS));
    Verdicts verdicts =
        new Verdicts(
            hunt,
            new FailureAtModel(testClass, method.getExecutable()),
            text -> context.publishReportEntry("race hunt", text));
    HuntRun.Outcome outcome = new HuntRun(hunt, scenario).run();
    files.write(testClass, outcome.report(), Verdicts.text(outcome));
    verdicts.judge(outcome);
  }

  /** With arguments there are several scenarios in one method. */
  private static String variant(ReflectiveInvocationContext<Method> method, ExtensionContext context) {
    Matcher number = INVOCATION.matcher(context.getUniqueId());
    return method.getArguments().size() > 1 && number.find() ? "-" + number.group(1) : "";
  }
}
