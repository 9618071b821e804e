package org.cancelsafe.testkit.junit;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Builder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.platform.commons.support.ReflectionSupport;

/** The scenario whose model is a test method. */
final class ModelMethod {
  private ModelMethod() {}

  /**
   * The scenario of this method, called on this test with these arguments, of which the machine is the last.
   *
   * @param name its name, see {@link #nameOf}
   */
  static Scenario scenario(
      String name, String about, Method method, @Nullable Object test, List<?> arguments, RaceHunt hunt) {
    if (hunt.processors() < 1) {
      throw new ExtensionConfigurationException(
          "@RaceHunt of " + name + ": processors is 1 or more, not " + hunt.processors());
    }
    Builder builder = Scenario.named(name).about(about).processors(hunt.processors());
    if (!hunt.expectRace().isEmpty()) {
      builder.expectingRace(hunt.expectRace().equals(RaceHunt.ANY_RULE) ? "" : hunt.expectRace());
    }
    Object[] before = arguments.subList(0, arguments.size() - 1).toArray();
    return builder.model(machine -> call(method, test, before, machine));
  }

  private static void call(Method method, @Nullable Object test, Object[] before, Machine machine) {
    Object[] all = Arrays.copyOf(before, before.length + 1);
    all[before.length] = machine;
    ReflectionSupport.invokeMethod(method, test, all);
  }

  /** The test's name as it is written, without its package: {@code QueueTest.Nested.method}. */
  static String nameOf(Class<?> test, Method method) {
    String inPackage = test.getName().substring(test.getName().lastIndexOf('.') + 1);
    return (inPackage.replace('$', '.') + "." + method.getName()).replaceAll("[^A-Za-z0-9._-]", "_");
  }
}
