package org.cancelsafe.hunter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.explore.NoProgress;
import org.cancelsafe.hunter.explore.RunResult;
import org.junit.jupiter.api.Test;

/** Which counterexample a reader gets, decided on results that are made up. */
class SmallnessTest {
  private static final Finding MISTAKE = Finding.of(new AssertionError("lost"));
  private static final Finding ANOTHER = Finding.of(new NoProgress("no end"));

  private static RunResult result(Finding finding, int preemptions, int steps, int switches) {
    int[] schedule = new int[steps];
    for (int step = 1; step < steps; step++) {
      schedule[step] = step % 2;
    }
    return new RunResult(finding, false, schedule, preemptions, switches, false, false, null);
  }

  private static void assertSmaller(RunResult one, RunResult other) {
    assertTrue(Smallness.isSmaller(one, other));
    assertFalse(Smallness.isSmaller(other, one));
  }

  @Test
  void preemptionsCountMostThenStepsThenSwitches() {
    assertSmaller(result(MISTAKE, 1, 9, 8), result(MISTAKE, 2, 3, 2));
    assertSmaller(result(MISTAKE, 1, 4, 3), result(MISTAKE, 1, 5, 2));
    assertSmaller(result(MISTAKE, 1, 4, 2), result(MISTAKE, 1, 4, 3));
    assertFalse(Smallness.isSmaller(result(MISTAKE, 1, 4, 2), result(MISTAKE, 1, 4, 2)));
  }

  @Test
  void whatIsLargerOrShowsSomethingElseIsNotTaken() {
    RunResult bad = result(MISTAKE, 1, 4, 2);
    assertSame(bad, Shrinking.shrink(strategy -> result(MISTAKE, 2, 4, 2), bad, () -> false));
    assertSame(bad, Shrinking.shrink(strategy -> result(MISTAKE, 1, 5, 2), bad, () -> false));
    assertSame(bad, Shrinking.shrink(strategy -> result(ANOTHER, 0, 1, 0), bad, () -> false));
    RunResult smaller = result(MISTAKE, 0, 3, 1);
    assertSame(smaller, Shrinking.shrink(strategy -> smaller, bad, () -> false));
  }

  private static Finding at(int line) {
    AssertionError error = new AssertionError("lost");
    error.setStackTrace(new StackTraceElement[] {new StackTraceElement("driver.Driver", "read", "Driver.java", line)});
    return Finding.of(error);
  }

  @Test
  void whatIsThrownFromAnotherLineIsAnotherMistake() {
    RunResult bad = result(at(10), 1, 4, 2);
    assertSame(bad, Shrinking.shrink(strategy -> result(at(11), 0, 1, 0), bad, () -> false));
    RunResult smaller = result(at(10), 0, 1, 0);
    assertSame(smaller, Shrinking.shrink(strategy -> smaller, bad, () -> false));
  }

  @Test
  void nothingIsTriedWhenAllIsSpent() {
    AtomicInteger tries = new AtomicInteger();
    RunResult bad = result(MISTAKE, 1, 4, 2);
    Shrinking.shrink(
        strategy -> {
          tries.incrementAndGet();
          return bad;
        },
        bad,
        () -> true);
    assertEquals(0, tries.get());
  }
}
