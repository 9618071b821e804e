package org.cancelsafe.csq;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every statement of the fidelity checklist about cancel-safe queues, 1 to 47, has a test. */
class StatementsTest {
  private static final int LAST = 47;

  @Test
  void everyStatementIsTested() throws Exception {
    Set<Integer> missing = new TreeSet<>(IntStream.rangeClosed(1, LAST).boxed().toList());
    for (Class<?> type : testClasses()) {
      for (Method method : type.getDeclaredMethods()) {
        Statement statement = method.getAnnotation(Statement.class);
        if (statement != null) {
          IntStream.of(statement.value()).forEach(missing::remove);
        }
      }
    }
    assertEquals(Set.of(), missing);
  }

  private static Iterable<Class<?>> testClasses() throws IOException, URISyntaxException {
    Path here = Path.of(StatementsTest.class.getResource("StatementsTest.class").toURI()).getParent();
    try (Stream<Path> files = Files.list(here)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith("Test.class"))
          .map(name -> name.substring(0, name.length() - ".class".length()))
          .<Class<?>>map(StatementsTest::load)
          .toList();
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(StatementsTest.class.getPackageName() + "." + name);
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}
