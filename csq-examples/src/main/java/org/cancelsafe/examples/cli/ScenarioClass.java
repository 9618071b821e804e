package org.cancelsafe.examples.cli;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.testkit.junit.RaceHunts;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/** Finds the scenarios that a class provides. */
final class ScenarioClass {
  private final Class<?> type;
  private final Map<String, Scenario> found = new LinkedHashMap<>();
  private @Nullable Object instance;

  private ScenarioClass(Class<?> type) {
    this.type = type;
  }

  /** Thrown when there are none to be had. The message is one line for people. */
  static final class Unusable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unusable(String message) {
      super(message);
    }
  }

  /**
   * The scenarios of the class with this name: those in its fields, those its methods without parameters return, and
   * its methods with {@code @RaceHunt}.
   *
   * @throws Unusable when there is no such class, or it has none
   */
  static List<Scenario> load(String name, ClassLoader loader) {
    try {
      List<Scenario> scenarios = new ScenarioClass(find(name, loader)).scenarios();
      if (scenarios.isEmpty()) {
        throw new Unusable(
            name + " has no scenarios: no field or method of type Scenario or List<Scenario>, and no @RaceHunt method"
                + " that takes a Machine only; contracts, properties and hunts with arguments are run by JUnit");
      }
      return scenarios;
    } catch (LinkageError e) {
      String needs = e instanceof NoClassDefFoundError ? "needs a class that is not on --classpath: " : "is unusable: ";
      throw new Unusable(name + " " + needs + firstLine(e));
    }
  }

  /** A nested class may be written with dots. */
  private static Class<?> find(String name, ClassLoader loader) {
    String candidate = name;
    while (true) {
      try {
        return Class.forName(candidate, true, loader);
      } catch (ClassNotFoundException e) {
        int dot = candidate.lastIndexOf('.');
        if (dot < 0) {
          throw new Unusable("no class " + name + " on --classpath; name it with its package, as com.example.MyModel");
        }
        candidate = candidate.substring(0, dot) + "$" + candidate.substring(dot + 1);
      }
    }
  }

  private List<Scenario> scenarios() {
    for (Field field : type.getDeclaredFields()) {
      if (mayHold(field.getGenericType())) {
        add(read(field, () -> field.get(instanceFor(field.getModifiers()))));
      }
    }
    Stream.of(type.getDeclaredMethods())
        .filter(method -> method.getParameterCount() == 0 && !method.isSynthetic())
        .filter(method -> mayHold(method.getGenericReturnType()))
        .sorted(Comparator.comparing(Method::getName))
        .forEach(method -> add(read(method, () -> method.invoke(instanceFor(method.getModifiers())))));
    addHunts();
    return new ArrayList<>(found.values());
  }

  private void addHunts() {
    try {
      RaceHunts.of(type, this::instance).forEach(this::add);
    } catch (ExtensionConfigurationException e) {
      throw new Unusable(e.getMessage());
    }
  }

  /** A Scenario, an array of them, or a List, Stream or the like. */
  private static boolean mayHold(Type type) {
    return type.getTypeName().contains(Scenario.class.getName());
  }

  private void add(@Nullable Object value) {
    if (value instanceof Scenario scenario) {
      Scenario other = found.putIfAbsent(scenario.name(), scenario);
      if (other != null && other != scenario) {
        throw new Unusable(type.getName() + " has two scenarios called " + scenario.name());
      }
    } else if (value instanceof Object[] several) {
      Arrays.stream(several).forEach(this::add);
    } else if (value instanceof Collection<?> several) {
      several.stream().filter(Scenario.class::isInstance).forEach(this::add);
    } else if (value instanceof Stream<?> several) {
      several.filter(Scenario.class::isInstance).forEach(this::add);
    }
  }

  private interface Reading {
    @Nullable Object value() throws ReflectiveOperationException;
  }

  private <T extends AccessibleObject & Member> @Nullable Object read(T member, Reading reading) {
    try {
      member.setAccessible(true);
      return reading.value();
    } catch (InvocationTargetException e) {
      throw new Unusable(type.getName() + "." + member.getName() + " threw " + firstLine(e.getCause()));
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw e instanceof Unusable known
          ? known
          : new Unusable(type.getName() + "." + member.getName() + " cannot be read: " + firstLine(e));
    }
  }

  private @Nullable Object instanceFor(int modifiers) {
    return Modifier.isStatic(modifiers) ? null : instance();
  }

  private Object instance() {
    if (instance == null) {
      try {
        Class<?> outer = Modifier.isStatic(type.getModifiers()) ? null : type.getEnclosingClass();
        Constructor<?> constructor =
            outer == null ? type.getDeclaredConstructor() : type.getDeclaredConstructor(outer);
        constructor.setAccessible(true);
        instance =
            outer == null ? constructor.newInstance() : constructor.newInstance(new ScenarioClass(outer).instance());
      } catch (InvocationTargetException e) {
        throw new Unusable("the constructor of " + type.getName() + " threw " + firstLine(e.getCause()));
      } catch (ReflectiveOperationException e) {
        throw new Unusable(
            type.getName() + " has scenarios that are not static, and no constructor without parameters to make one");
      }
    }
    return instance;
  }

  private static String firstLine(@Nullable Throwable problem) {
    return String.valueOf(problem).lines().findFirst().orElse("");
  }
}
