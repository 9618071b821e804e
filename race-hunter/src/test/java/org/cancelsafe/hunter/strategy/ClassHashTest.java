package org.cancelsafe.hunter.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.hunter.coroutine.Switchers;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.models.Classics;
import org.cancelsafe.models.Shapes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Of all the schedules there are, or of many, the numbers tell as many classes apart as the canonical forms do. */
class ClassHashTest {
  private static final int MOST = Switchers.isFast() ? 1_000 : 200;

  /** Returns how many classes there are. */
  private static int assertCountsClasses(Scenario scenario, List<RunResult> lessons) {
    ClassCounter counter = new ClassCounter(DepthFirst.bruteForce());
    Runs.Seen seen = Runs.seen(scenario, counter, lessons, MOST);
    assertEquals(seen.classes().size(), counter.classes(), scenario.name());
    return seen.classes().size();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"deadlock", "double-completion", "lost-cancel", "assertion", "exception", "timer", "interrupt"})
  void ofEveryShape(String name) {
    Scenario shape = Shapes.all().stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
    int classes = assertCountsClasses(shape, List.of());
    assertTrue(classes > 1);
    assertTrue(assertCountsClasses(shape, Runs.seen(shape, new SourceDpor(), List.of(), MOST).runs()) > 1);
  }

  /** It passes everything on that the search below it needs, and leaves out the runs that are given up. */
  @ParameterizedTest
  @CsvSource({"last-zero, 4, 28, 2", "philosophers, 3, 7, 0", "locked, 3, 6, 0"})
  void whatIsGivenUpIsNotCounted(String name, int n, int classes, int redundant) {
    ClassCounter counter = new ClassCounter(new SourceDpor());
    assertEquals(classes + redundant, Runs.all(Classics.of(name, n), counter).size());
    assertEquals(classes, counter.runs());
    assertEquals(classes, counter.classes());
  }

  @Test
  void whoeverFailsFirstIsAClassOfItsOwn() {
    Scenario scenario =
        Scenario.named("fail")
            .model(
                machine -> {
                  for (int i = 0; i < 3; i++) {
                    InterlockedLong own = new InterlockedLong("own" + i, 0);
                    machine.startThread(
                        "T" + i,
                        () -> {
                          own.increment();
                          throw new AssertionError("fails");
                        });
                  }
                });
    int classes = assertCountsClasses(scenario, List.of());
    ClassCounter counter = new ClassCounter(new SourceDpor());
    Runs.all(scenario, counter);
    assertEquals(classes, counter.classes());
  }

  /** Where processors, or waits for several objects, matter, steps on different objects are dependent too. */
  @Test
  void ofRandomProgramsInWhichMoreIsDependent() {
    int taught = 0;
    for (long seed = 1; seed <= 40; seed++) {
      Scenario program = RandomProgram.scenario(seed, outcome -> {});
      Runs.Seen before = Runs.seen(program, new SourceDpor(), List.of(), 100);
      int classes = before.teaches() ? assertCountsClasses(program, before.runs()) : 0;
      taught += classes > 5 ? 1 : 0;
    }
    assertTrue(taught > 5, "programs with several classes: " + taught);
  }
}
