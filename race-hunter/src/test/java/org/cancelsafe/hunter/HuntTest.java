package org.cancelsafe.hunter;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.models.Classics;
import org.cancelsafe.models.Shapes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The ways in which a hunt can go. */
class HuntTest {
  private static final Duration PLENTY = Duration.ofHours(1);
  private static final Budget MANY = new Budget(PLENTY, 20_000);
  private static final Budget FEW = new Budget(PLENTY, 1_500);

  private static Scenario shape(String name) {
    return Shapes.all().stream().filter(shape -> shape.name().equals(name)).findFirst().orElseThrow();
  }

  /** Very many schedules, none of which goes wrong. */
  private static Scenario huge() {
    return Scenario.named("huge")
        .model(
            machine -> {
              InterlockedLong counter = new InterlockedLong("counter", 0);
              for (int i = 0; i < 6; i++) {
                machine.startThread(
                    "T" + i,
                    () -> {
                      for (int k = 0; k < 6; k++) {
                        counter.increment();
                      }
                    });
              }
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "dpor", "dfs", "pct:2", "pct", "pos", "random"})
  void everyWayLeadsToTheSameSmallCounterexample(String way) {
    for (String name : new String[] {"assertion", "deadlock", "timer", "folded"}) {
      Report expected = Hunter.explore(shape(name));
      Report report = Hunt.in(shape(name)).approach(Approach.parse(way)).budget(MANY).run();
      assertEquals(Verdict.RACE, report.verdict(), () -> way + ": " + ReportText.of(report));
      assertEquals(expected.rule(), report.rule());
      Report.Counterexample found = requireNonNull(report.counterexample());
      assertEquals(requireNonNull(expected.counterexample()).preemptions(), found.preemptions(), way + " " + name);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "dpor", "dfs"})
  void whatIsSmallIsVerified(String way) {
    Report report =
        Hunt.in(Classics.of("lost-update", 2)).approach(Approach.parse(way)).budget(MANY).run();
    assertEquals(Verdict.VERIFIED, report.verdict(), () -> ReportText.of(report));
    assertNull(report.sample());
  }

  /** The bound is raised one by one, so that nothing with fewer preemptions is passed over. */
  @Test
  void saysInWhichSchedulesItWasFound() {
    assertEquals("depth first, every schedule with at most 1 preemption", Hunter.explore(shape("assertion")).how());
    Hunt proof = Hunt.in(shape("double-completion")).approach(Approach.parse("dpor"));
    assertEquals("source-DPOR, then depth first, every schedule without preemption", proof.run().how());
  }

  /** Redundant runs are none, and what was seen before processors turned out to matter is not counted twice. */
  @Test
  void everyClassIsCountedOnce() {
    Report report = Hunt.in(Classics.of("last-zero", 4)).approach(Approach.parse("dpor")).run();
    assertEquals(new Report.Coverage(28, 2, true), report.coverage());
    Scenario raised =
        Scenario.named("raised")
            .processors(1)
            .model(
                machine -> {
                  for (int i = 0; i < 2; i++) {
                    InterlockedLong own = new InterlockedLong("own" + i, 0);
                    machine.startThread(
                        "T" + i,
                        () -> {
                          Irql old = Ke.raiseIrqlToDpcLevel();
                          own.increment();
                          Ke.lowerIrql(old);
                        });
                  }
                });
    assertEquals(new Report.Coverage(2, 0, true), Hunter.explore(raised).coverage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"dpor", "dfs"})
  void whatIsTooLargeIsNotVerified(String way) {
    Report report = Hunt.in(huge()).approach(Approach.parse(way)).budget(FEW).run();
    assertEquals(Verdict.CLEAN_WITHIN_BUDGET, report.verdict());
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "pct:3", "pos", "random"})
  void whatIsTooLargeIsSampledAndSaidSo(String way) {
    Report report = Hunt.in(huge()).approach(Approach.parse(way)).budget(FEW).seed(7).run();
    assertEquals(Verdict.CLEAN_WITHIN_BUDGET, report.verdict());
    Report.Sample sample = requireNonNull(report.sample());
    assertEquals(way.equals("auto") ? "pos" : way, sample.strategy());
    assertTrue(sample.runs() > 30 && sample.classes() > 10 && sample.classes() <= sample.runs(), sample.toString());
    assertTrue(sample.classesInAll().low() >= sample.classes(), sample.toString());
    assertTrue(sample.schedulesInAll().mean() > 1e12, sample.toString());
    assertTrue(report.how().contains("seed 7") && report.how().contains("by estimate at least"), report.how());
  }

  @Test
  void theSeedDecidesWhichSchedulesAreDrawn() {
    Budget schedules = new Budget(PLENTY, 400);
    Report one = Hunt.in(huge()).approach(Approach.parse("pos")).budget(schedules).seed(3).run();
    Report same = Hunt.in(huge()).approach(Approach.parse("pos")).budget(schedules).seed(3).run();
    assertEquals(one.sample(), same.sample());
    assertEquals(one.how(), same.how());
  }

  @Test
  void schedulesAreABudget() {
    Report report = Hunt.in(huge()).budget(new Budget(PLENTY, 200)).run();
    assertEquals(Verdict.CLEAN_WITHIN_BUDGET, report.verdict());
    assertTrue(report.schedules() >= 200 && report.schedules() < 210, "" + report.schedules());
  }

  @Test
  void stepsAreABudgetAndTooManyAreAFinding() {
    Report report = Hunt.in(huge()).budget(new Budget(PLENTY, 1_000, 20)).run();
    assertEquals("NoProgress", report.rule());
    assertTrue(requireNonNull(report.finding()).message().contains("20 steps"), report.finding().message());
    assertThrows(IllegalArgumentException.class, () -> new Budget(PLENTY, 1, 0));
  }

  @Test
  void approachesAreReadAndWritten() {
    for (String text : new String[] {"auto", "dpor", "dfs", "pct:7", "pos", "random"}) {
      assertEquals(text, Approach.parse(text).toString());
    }
    assertEquals("pct:3", Approach.parse("PCT").toString());
    for (String text : new String[] {"", "pct:0", "pct:x", "pos:3", "fast"}) {
      var problem = assertThrows(IllegalArgumentException.class, () -> Approach.parse(text));
      assertEquals(1, requireNonNull(problem.getMessage()).lines().count());
    }
  }

  @Test
  void progressIsALineWithAQuestionMark() throws InterruptedException {
    HuntProgress progress = new HuntProgress(new LongAdder());
    Hunt.in(Classics.of("lost-update", 4)).watchedBy(progress).approach(Approach.parse("dfs")).run();
    assertTrue(progress.line().matches("lost-update  every schedule [0-9,]+, [0-9,]+ more\\?"), progress.line());
    assertTrue(progress.schedules().sum() > 1_000);
    assertEquals("x  by pos 100", line("x", "by pos", 100, Double.NaN));
    assertEquals("x  classes 1,000, 1,000 more?", line("x", "classes", 1_000, 0.5));
    assertEquals("x  classes 1,000, 11 more?", line("x", "classes", 1_000, 1));
  }

  private static String line(String scenario, String what, long runs, double done) {
    HuntProgress progress = new HuntProgress(new LongAdder());
    progress.begins(scenario);
    progress.tell(what, runs, done);
    return progress.line();
  }

  @Test
  void aScheduleFoundAtRandomIsMadeSmaller() {
    Report small = Hunter.explore(shape("many-activities"));
    Report random = Hunt.in(shape("many-activities")).approach(Approach.parse("random")).run();
    assertNotNull(random.counterexample());
    assertEquals(
        requireNonNull(small.counterexample()).preemptions(), requireNonNull(random.counterexample()).preemptions());
    assertTrue(random.counterexample().switches() <= 8, "" + random.counterexample().switches());
  }

  @Test
  void theCounterexampleOfASeedIsAlwaysTheSame() {
    Budget schedules = new Budget(PLENTY, 20_000);
    Hunt hunt = Hunt.in(shape("many-activities")).approach(Approach.parse("pct:3")).seed(5).budget(schedules);
    assertArrayEquals(
        requireNonNull(hunt.run().counterexample()).replay().schedule(),
        requireNonNull(hunt.run().counterexample()).replay().schedule());
  }
}
