package org.cancelsafe.testkit.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.cancelsafe.emu.machine.Machine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.testkit.engine.EngineExecutionResults;

/** A test with {@link RaceHunt} among JUnit's other features. */
class RaceHuntInJUnitTest {
  static class WithArguments {
    @RaceHunt
    @ValueSource(ints = {2, 3})
    void ofValues(int threads, Machine machine) {
      Counting.interlocked(machine, threads);
    }

    @RaceHunt
    @MethodSource("threads")
    void ofAMethod(int threads, boolean right, Machine machine) {
      if (right) {
        Counting.interlocked(machine, threads);
      } else {
        Counting.readThenWrite(machine, threads);
      }
    }

    static Stream<Arguments> threads() {
      return Stream.of(
          Arguments.of(2, true),
          Arguments.of(2, false));
    }

    @RaceHunt
    @ParameterizedTest(name = "with {0} threads")
    @ValueSource(ints = 2)
    void namedByItsAuthor(int threads, Machine machine) {
      Counting.interlocked(machine, threads);
    }
  }

  @Test
  void isOneHuntForEachSetOfArguments() {
    EngineExecutionResults results = Runs.of(WithArguments.class);
    results.testEvents().assertStatistics(tests -> tests.started(5).succeeded(4).failed(1));
    String message = Runs.failures(results).get(0).getMessage();
    assertTrue(message.startsWith("race in RaceHuntInJUnitTest.WithArguments.ofAMethod-2: "), message);
    List<String> names = names(results);
    assertTrue(names.contains("with 2 threads"), names::toString);
    assertTrue(names.stream().anyMatch(name -> name.startsWith("ofValues(int, Machine) threads=3")), names::toString);
  }

  private static List<String> names(EngineExecutionResults results) {
    return results.testEvents().started().map(event -> event.getTestDescriptor().getDisplayName()).toList();
  }

  static class MachineFirst {
    @RaceHunt
    @ValueSource(ints = 2)
    void model(Machine machine, int threads) {
      Counting.interlocked(machine, threads);
    }
  }

  @Test
  void saysThatTheMachineIsTheLastParameter() {
    assertEquals(
        "@RaceHunt method MachineFirst.model: its last parameter must be a Machine, behind the arguments that come from"
            + " a source",
        Runs.message(MachineFirst.class));
  }

  static class WithTest {
    @Test
    @RaceHunt
    void model(Machine machine) {
      Counting.interlocked(machine, 2);
    }
  }

  @Test
  void isATestByItself() {
    assertTrue(
        Runs.failures(Runs.of(WithTest.class)).stream()
            .anyMatch(failure -> failure.getMessage().contains("a test by itself: take @Test away")));
  }

  static class OfNoRule {
    @RaceHunt(expectRace = "NoSuchRule")
    void model(Machine machine) {
      Counting.readThenWrite(machine, 2);
    }
  }

  @Test
  void knowsTheRules() {
    assertEquals(
        "@RaceHunt of RaceHuntInJUnitTest.OfNoRule.model: no rule is called 'NoSuchRule'; docs/rules.md has them all,"
            + " and a trace names the one it breaks",
        Runs.message(OfNoRule.class));
  }

  @Retention(RetentionPolicy.RUNTIME)
  @RaceHunt(expectRace = RaceHunt.ANY_RULE)
  @interface MustRace {}

  static class Composed {
    @MustRace
    void loses(Machine machine) {
      Counting.readThenWrite(machine, 2);
    }
  }

  @Test
  void annotationsCompose() {
    Runs.of(Composed.class).testEvents().assertStatistics(tests -> tests.succeeded(1));
  }

  static class WithLifecycle {
    private int before;

    @BeforeEach
    void setUp() {
      before++;
    }

    @AfterEach
    void tearDown() {
      assertEquals(1, before);
    }

    @RaceHunt
    @DisplayName("counts right")
    void counts(Machine machine) {
      assertEquals(1, before, "once, and not for each schedule");
      Counting.interlocked(machine, 2);
    }

    @Nested
    class Inside {
      @RaceHunt
      void countsToo(Machine machine) {
        assertEquals(1, before);
        Counting.interlocked(machine, 2);
      }
    }
  }

  @Test
  void lifecycleMethodsNestedClassesAndDisplayNamesAreAsEver() {
    EngineExecutionResults results = Runs.of(WithLifecycle.class);
    results.testEvents().assertStatistics(tests -> tests.succeeded(2).failed(0));
    assertTrue(names(results).contains("counts right "), () -> names(results).toString());
  }

  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  static class PerClass {
    private int hunts;

    @BeforeEach
    void count() {
      hunts++;
    }

    @RaceHunt
    @ValueSource(ints = {1, 2})
    void counts(int hunt, Machine machine) {
      assertEquals(hunt, hunts);
      Counting.interlocked(machine, 2);
    }
  }

  @Test
  void oneInstanceCanServeAllTests() {
    Runs.of(PerClass.class).testEvents().assertStatistics(tests -> tests.succeeded(2));
  }

  static class Limited {
    @RaceHunt(seconds = 600)
    @Timeout(1)
    void exploring(Machine machine) {
      Counting.endlessly(machine);
    }

    @RaceHunt(strategy = RaceHunt.LIVE, live = Integer.MAX_VALUE)
    @Timeout(1)
    void hammering(Machine machine) {
      Counting.interlocked(machine, 2);
    }

    @RaceHunt(seconds = 600)
    @Timeout(value = 1, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void exploringElsewhere(Machine machine) {
      Counting.endlessly(machine);
    }
  }

  @Test
  void aTimeoutEndsTheHuntAndItsThreads() throws InterruptedException {
    EngineExecutionResults results = Runs.of(Limited.class);
    results.testEvents().assertStatistics(tests -> tests.failed(3));
    assertTrue(Runs.failures(results).stream().allMatch(TimeoutException.class::isInstance));
    assertFalse(Thread.interrupted(), "the flag is JUnit's to use, and not left behind");
    for (Thread hunter = hunter(); hunter != null; hunter = hunter()) {
      hunter.join(10_000);
      assertFalse(hunter.isAlive(), "the hunt goes on");
    }
  }

  private static Thread hunter() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("hunter RaceHuntInJUnitTest.Limited"))
        .findFirst()
        .orElse(null);
  }

  @Test
  void testsRunInParallel() {
    EngineExecutionResults results =
        Runs.builder(WithArguments.class)
            .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
            .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
            .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
            .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "4")
            .execute();
    results.testEvents().assertStatistics(tests -> tests.started(5).succeeded(4).failed(1));
  }

  @Test
  void reportsAreFiles(@TempDir Path directory) throws IOException {
    String prefix = "org.cancelsafe.testkit.junit.RaceHuntInJUnitTest.WithArguments.";
    Path reports = Files.createDirectories(directory.resolve("reports"));
    Files.writeString(reports.resolve(prefix + "ofAMethod-1.html"), "of an earlier run, when it went wrong");
    Runs.builder(WithArguments.class)
        .configurationParameter("cancelsafe.reports", reports.toString())
        .execute();
    assertTrue(Files.readString(reports.resolve(prefix + "ofAMethod-1.txt")).startsWith("verdict "));
    assertTrue(Files.readString(reports.resolve(prefix + "ofAMethod-2.txt")).contains("\nagain      @RaceHunt("));
    assertTrue(Files.readString(reports.resolve(prefix + "ofAMethod-2.html")).contains("<html"));
    assertTrue(Files.readString(reports.resolve(prefix + "ofAMethod-2.json")).contains("\"replay\""));
    assertTrue(Files.readString(reports.resolve(prefix + "ofAMethod-2.md")).contains("```mermaid"));
    assertFalse(Files.exists(reports.resolve(prefix + "ofAMethod-1.html")), "where nothing went wrong");
  }

  static class Replayed {
    @RaceHunt(replay = "RaceHuntInJUnitTest.Replayed.thatLoses:1:2c90d9d8:A.B2.A")
    void thatLoses(Machine machine) {
      Counting.readThenWrite(machine, 2);
    }

    @RaceHunt(replay = "RaceHuntInJUnitTest.Replayed.thatGoesWell:1:2c90d9d8:A2.B2")
    void thatGoesWell(Machine machine) {
      Counting.readThenWrite(machine, 2);
    }

    @RaceHunt(replay = "RaceHuntInJUnitTest.Replayed.wasOfAnotherModel:1:2c90d9d8:A2.B2")
    void wasOfAnotherModel(Machine machine) {
      Counting.interlocked(machine, 2);
    }
  }

  @Test
  void aReplayStringRunsItsScheduleAlone() {
    EngineExecutionResults results = Runs.of(Replayed.class);
    results.testEvents().assertStatistics(tests -> tests.succeeded(1).failed(2));
    List<String> messages = Runs.failures(results).stream().map(Throwable::getMessage).toList();
    assertTrue(messages.stream().anyMatch(message -> message.contains("found      replay; 1 schedule run")));
    assertTrue(messages.stream().anyMatch(message -> message.contains("another version of")), messages::toString);
  }
}
