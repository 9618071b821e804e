package org.cancelsafe.hunter;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.models.Classics;
import org.cancelsafe.models.Shapes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One scenario on several threads: the same verdict, the same counterexample, however they are timed. */
class JobsTest {
  private static final int ALONE = 100;
  private static final Budget PLENTY = Budget.of(Duration.ofMinutes(2));

  private static Scenario manyActivities() {
    return Shapes.all().stream().filter(shape -> shape.name().equals("many-activities")).findFirst().orElseThrow();
  }

  private static Report hunt(Scenario scenario, String way, int jobs) {
    return Hunt.in(scenario).approach(Approach.parse(way)).budget(PLENTY).jobs(jobs).runsAlone(ALONE).run();
  }

  @RepeatedTest(3)
  void findTheSameCounterexample() {
    Report alone = hunt(manyActivities(), "auto", 1);
    assertTrue(alone.schedules() > 10 * ALONE, "too small to be split: " + alone.schedules());
    Report together = hunt(manyActivities(), "auto", 3);
    assertEquals(alone.rule(), together.rule());
    assertEquals(alone.how(), together.how());
    assertEquals(
        requireNonNull(alone.counterexample()).replay(), requireNonNull(together.counterexample()).replay());
  }

  @Test
  void proveTheSameClasses() {
    Report alone = hunt(Classics.of("writers", 6), "dpor", 1);
    Report together = hunt(Classics.of("writers", 6), "dpor", 3);
    assertEquals(720, alone.coverage().classes());
    assertEquals(Verdict.VERIFIED, together.verdict());
    assertEquals(alone.coverage().classes(), together.coverage().classes());
    assertTrue(together.coverage().complete());
  }

  /** Deep in the tree, so that a proof finds it late, and with more preemptions than it needs. */
  private static Scenario late() {
    return Scenario.named("late")
        .model(
            machine -> {
              InterlockedLong order = new InterlockedLong("order", 0);
              for (int i = 1; i <= 5; i++) {
                int digit = i;
                machine.startThread("T" + i, () -> order.write(order.read() * 10 + digit));
              }
              machine.afterwards(
                  () -> {
                    if (order.read() == 543) {
                      throw new AssertionError("543");
                    }
                  });
            });
  }

  @Test
  void aProofThatFailsComesToTheSameCounterexample() {
    Report alone = hunt(late(), "dpor", 1);
    Report together = hunt(late(), "dpor", 2);
    assertEquals(Verdict.RACE, alone.verdict());
    assertTrue(alone.schedules() > 2 * ALONE, "too small to be split: " + alone.schedules());
    assertEquals(
        requireNonNull(alone.counterexample()).replay(), requireNonNull(together.counterexample()).replay());
  }

  /** Each run is made from its number: the lowest one that fails is the one that counts, whoever is faster. */
  @ParameterizedTest
  @ValueSource(strings = {"pct:3", "pos", "random"})
  void drawTheSameCounterexample(String way) {
    Report alone = hunt(late(), way, 1);
    assertEquals(Verdict.RACE, alone.verdict(), () -> ReportText.of(alone));
    for (int again = 0; again < 5; again++) {
      Report together = Hunt.in(late()).approach(Approach.parse(way)).budget(PLENTY).jobs(3).runsAlone(0).run();
      assertEquals(alone.how(), together.how());
      assertEquals(
          requireNonNull(alone.counterexample()).replay(), requireNonNull(together.counterexample()).replay());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pct:3", "pos", "random"})
  void drawTheSameSample(String way) {
    Budget budget = new Budget(Duration.ofMinutes(2), 3_000);
    Hunt hunt = Hunt.in(Classics.of("lost-update", 4)).approach(Approach.parse(way)).budget(budget).runsAlone(0);
    Report alone = hunt.run();
    Report together = hunt.jobs(3).run();
    assertEquals(alone.sample(), together.sample());
    assertTrue(requireNonNull(alone.sample()).classes() > 50, alone::how);
    assertEquals(alone.verdict(), together.verdict());
  }

  @Test
  void aBudgetEndsAllOfThem() {
    Budget budget = new Budget(Duration.ofMinutes(1), 1_000);
    Report report = Hunt.in(Classics.of("writers", 9)).budget(budget).jobs(3).runsAlone(ALONE).run();
    assertEquals(Verdict.CLEAN_WITHIN_BUDGET, report.verdict());
    assertTrue(report.schedules() < 1_100, "" + report.schedules());
  }

  @Test
  void whatOneOfThemThrowsIsTheResult() {
    AtomicInteger setUps = new AtomicInteger();
    Scenario fails =
        Scenario.named("fails")
            .model(
                machine -> {
                  if (setUps.incrementAndGet() > 600) {
                    throw new StackOverflowError("deep");
                  }
                  Classics.of("writers", 6).model().setUp(machine);
                });
    Report report = hunt(fails, "dpor", 2);
    assertTrue(report.verdict() == Verdict.RACE || report.verdict() == Verdict.ERROR, () -> ReportText.of(report));
    assertThrows(IllegalArgumentException.class, () -> Hunt.in(fails).jobs(0));
  }
}
