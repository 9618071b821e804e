package org.cancelsafe.models;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** What a model keeps from one run to the next makes no verdict, whether it makes runs go wrong or hides that they do. */
class ConfirmationTest {
  private final AtomicInteger runs = new AtomicInteger();

  private static String errorOf(Scenario.Model model) {
    Report report = Hunter.explore(Scenario.named("kept").model(model));
    Finding finding = requireNonNull(report.finding(), () -> ReportText.of(report));
    assertEquals("Nondeterminism", finding.rule(), () -> ReportText.of(report));
    assertEquals(Verdict.ERROR, report.verdict());
    return finding.message();
  }

  private static void twoThreads(Machine machine) {
    InterlockedLong x = new InterlockedLong("x", 0);
    machine.startThread("T0", x::increment);
    machine.startThread("T1", x::increment);
  }

  private Scenario.Model failing(IntPredicate inRun) {
    return machine -> {
      int run = runs.incrementAndGet();
      twoThreads(machine);
      machine.afterwards(() -> assertTrue(!inRun.test(run), "wrong"));
    };
  }

  @Test
  void aScheduleThatGoesWrongForAWhile() {
    String message = errorOf(failing(run -> run > 2 && run < 12));
    assertTrue(
        message.contains("the schedule that broke AssertionFailed at ConfirmationTest.java:"), message);
    assertTrue(message.contains(" goes well when it is run again"), message);
  }

  @Test
  void everythingGoesWrongFromSomeRunOn() {
    for (int last = 1; last < 4; last++) {
      int well = last;
      runs.set(0);
      String message = errorOf(failing(run -> run > well));
      assertTrue(
          message.contains(
              "the plainest schedule went well at first, and breaks AssertionFailed at ConfirmationTest.java:"),
          message);
    }
  }

  /** Two steps have two classes, so that this is over after four runs; the fifth is the plainest again. */
  @Test
  void moreIsDoneFromSomeRunOn() {
    String message =
        errorOf(
            machine -> {
              boolean more = runs.incrementAndGet() > 4;
              InterlockedLong x = new InterlockedLong("x", 0);
              machine.startThread("T0", x::increment);
              machine.startThread(
                  "T1",
                  () -> {
                    x.increment();
                    if (more) {
                      x.read();
                    }
                  });
            });
    assertTrue(
        message.contains("the plainest schedule had 2 steps at first, and has 3 when it is run again"), message);
  }

  @Test
  void lessIsDoneFromSomeRunOn() {
    String message =
        errorOf(
            machine -> {
              InterlockedLong x = new InterlockedLong("x", 0);
              boolean less = runs.incrementAndGet() > 1;
              machine.startThread(
                  "T0",
                  () -> {
                    x.increment();
                    if (!less) {
                      x.increment();
                    }
                  });
              machine.startThread("T1", x::increment);
            });
    assertTrue(
        message.contains("T0 came to InterlockedIncrement(x) after the first step, and comes to its end when it is run "),
        message);
  }

  @Test
  void anActivityIsMissingFromSomeRunOn() {
    String message =
        errorOf(
            machine -> {
              twoThreads(machine);
              if (runs.incrementAndGet() == 1) {
                InterlockedLong y = new InterlockedLong("y", 0);
                machine.startThread("early", y::increment);
              }
            });
    assertTrue(message.contains("and somebody who is not there now could have taken one then"), message);
  }
}
