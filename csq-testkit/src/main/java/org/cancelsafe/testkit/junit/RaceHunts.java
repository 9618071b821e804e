package org.cancelsafe.testkit.junit;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;

/** The models of test classes, for who hunts in them without JUnit. */
public final class RaceHunts {
  private RaceHunts() {}

  /**
   * The scenarios of a class's methods with {@link RaceHunt}, under the names that they have as tests. Methods with
   * arguments are none, nor are disabled ones, and what {@code @BeforeEach} makes is not made. Those of {@code @Nested}
   * classes are among them.
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
    for (Class<?> nested : ReflectionSupport.findNestedClasses(test, RaceHunts::isNestedTest)) {
      scenarios.addAll(of(nested, () -> inner(nested, instance.get())));
    }
    return scenarios;
  }

  private static boolean isNestedTest(Class<?> type) {
    return AnnotationSupport.isAnnotated(type, Nested.class) && !AnnotationSupport.isAnnotated(type, Disabled.class);
  }

  private static Object inner(Class<?> nested, Object outer) {
    try {
      Constructor<?> constructor = nested.getDeclaredConstructors()[0];
      constructor.setAccessible(true);
      return constructor.newInstance(outer);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new ExtensionConfigurationException("cannot make the nested test " + nested.getName() + ": " + e, e);
    }
  }
}
