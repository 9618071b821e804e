package org.cancelsafe.testkit.junit;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Disabled;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/** The models of test classes, for who hunts in them without JUnit. */
public final class RaceHunts {
  private RaceHunts() {}

  /**
   * The scenarios of a class's methods with {@link RaceHunt}, under the names that they have as tests. Methods with
   * arguments are none, nor are disabled ones, and what {@code @BeforeEach} makes is not made.
   *
   * @param instance gives the test, for methods that are not static
   */
  public static List<Scenario> of(Class<?> test, Supplier<?> instance) {
    List<Scenario> scenarios = new ArrayList<>();
    for (Method method :
        AnnotationSupport.findAnnotatedMethods(test, RaceHunt.class, HierarchyTraversalMode.TOP_DOWN)) {
      boolean isDisabled = AnnotationSupport.isAnnotated(method, Disabled.class);
      if (!isDisabled && List.of(method.getParameterTypes()).equals(List.of(Machine.class))) {
        RaceHunt hunt = AnnotationSupport.findAnnotation(method, RaceHunt.class).orElseThrow();
        scenarios.add(
            ModelMethod.scenario(
                ModelMethod.nameOf(test, method),
                method.getName(),
                method,
                Modifier.isStatic(method.getModifiers()) ? null : instance.get(),
                List.of(Machine.class),
                hunt));
      }
    }
    return scenarios;
  }
}
