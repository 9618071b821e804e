package org.cancelsafe.hunter;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.KStatus;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.ke.WaitType;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.models.Classics;
import org.cancelsafe.models.Shapes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  private static Report prove(Scenario scenario, int jobs) {
    return Hunt.in(scenario).approach(Approach.parse("dpor")).budget(PLENTY).jobs(jobs).runsAlone(0).run();
  }

  /** Goes wrong when the second comes first; nothing but the only processor makes the two depend on each other. */
  private static Scenario raised() {
    return Scenario.named("raised")
        .processors(1)
        .model(
            machine -> {
              InterlockedLong state = new InterlockedLong("state", 0);
              machine.startThread("Reader", () -> atDispatchLevel(() -> check(state.read() == 0)));
              machine.startThread("Writer", () -> atDispatchLevel(() -> state.write(1)));
            });
  }

  private static void atDispatchLevel(Runnable work) {
    Irql old = Ke.raiseIrqlToDpcLevel();
    work.run();
    Ke.lowerIrql(old);
  }

  private static void check(boolean holds) {
    if (!holds) {
      throw new AssertionError("does not hold");
    }
  }

  /** Goes wrong when the second event is set first; the events depend on each other for who waits for both. */
  private static Scenario waitsForSeveral() {
    return Scenario.named("waits-for-several")
        .model(
            machine -> {
              KEvent first = new KEvent("first", KEvent.Type.NOTIFICATION_EVENT, false);
              KEvent second = new KEvent("second", KEvent.Type.NOTIFICATION_EVENT, false);
              KEvent done = new KEvent("done", KEvent.Type.NOTIFICATION_EVENT, false);
              machine.startThread(
                  "Waiter",
                  () -> {
                    KStatus which = Ke.waitForMultipleObjects(List.of(first, second), WaitType.WAIT_ANY);
                    done.waitForSingleObject();
                    check(which.code() == 0);
                  });
              machine.startThread(
                  "First",
                  () -> {
                    first.set();
                    done.set();
                  });
              machine.startThread("Second", second::set);
            });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void whatTurnsOutToMatterIsLearnt(int jobs) {
    for (Scenario scenario : List.of(raised(), waitsForSeveral())) {
      Report report = prove(scenario, jobs);
      assertEquals(Verdict.RACE, report.verdict(), () -> ReportText.of(report));
    }
  }

  @ParameterizedTest
  @CsvSource({"dpor, 1", "dpor, 2", "dfs, 1", "auto, 1", "auto, 2"})
  void whatIsLeftOutIsNotVerified(String way, int jobs) {
    Scenario asks =
        Scenario.named("asks")
            .processors(2)
            .model(
                machine -> {
                  for (String name : new String[] {"A", "B"}) {
                    machine.startThread(name, () -> atDispatchLevel(Ke::getCurrentProcessorNumber));
                  }
                });
    Report report = Hunt.in(asks).approach(Approach.parse(way)).budget(PLENTY).jobs(jobs).runsAlone(0).run();
    assertEquals(Verdict.CLEAN_WITHIN_BUDGET, report.verdict(), () -> ReportText.of(report));
  }

  /** Two orders of locks that never meet: every run goes well, by luck. */
  @ParameterizedTest
  @CsvSource({"dpor, 1", "dpor, 2", "dfs, 1", "auto, 2", "random, 1", "random, 2"})
  void whatGoesWellByLuckIsTold(String way, int jobs) {
    Scenario scenario =
        Scenario.named("luck")
            .model(
                machine -> {
                  KSpinLock a = new KSpinLock("a");
                  KSpinLock b = new KSpinLock("b");
                  KEvent done = new KEvent("done", KEvent.Type.NOTIFICATION_EVENT, false);
                  machine.startThread(
                      "First",
                      () -> {
                        nest(a, b);
                        done.set();
                      });
                  machine.startThread(
                      "Second",
                      () -> {
                        done.waitForSingleObject();
                        nest(b, a);
                      });
                });
    Budget few = new Budget(Duration.ofMinutes(2), 500);
    Report report = Hunt.in(scenario).approach(Approach.parse(way)).budget(few).jobs(jobs).runsAlone(0).run();
    assertEquals("Deadlock", report.rule(), () -> ReportText.of(report));
    assertTrue(requireNonNull(report.finding()).isLockOrder());
  }

  private static void nest(KSpinLock outer, KSpinLock inner) {
    atDispatchLevel(
        () -> {
          outer.acquireAtDpcLevel();
          inner.acquireAtDpcLevel();
          inner.releaseFromDpcLevel();
          outer.releaseFromDpcLevel();
        });
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
