package org.cancelsafe.hunter.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.models.Classics;
import org.cancelsafe.models.InsertCancelRemove;
import org.cancelsafe.models.Irps;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Estimates against totals that are known exactly, on fixed seeds. */
class EstimatesTest {
  private static final int SEEDS = 20;
  private static final int MOST_OF_THEM = 15;

  private static Estimate probed(Scenario scenario, long seed, int probes) {
    KnuthProbes strategy = new KnuthProbes(seed);
    Runs.atMost(scenario, strategy, probes);
    return strategy.estimate();
  }

  /** Within three standard errors, of which the band has two on each side. */
  private static void assertProbed(int schedules, Scenario scenario) {
    for (long seed = 1; seed <= 5; seed++) {
      Estimate estimate = probed(scenario, seed, 1_000);
      double most = 1.6 * (estimate.high() - estimate.mean()) + 1e-6;
      assertTrue(Math.abs(estimate.mean() - schedules) <= most, estimate.mean() + ", " + estimate + ": " + schedules);
      assertTrue(estimate.high() < 3 * schedules, "too wide a band: " + estimate);
    }
  }

  @ParameterizedTest
  @CsvSource({"writers, 4", "lost-update, 3", "philosophers, 3", "same-variables, 3", "last-zero, 2"})
  void probesEstimateTheNumberOfSchedules(String name, int n) {
    assertProbed(Runs.all(Classics.of(name, n), DepthFirst.bruteForce()).size(), Classics.of(name, n));
  }

  @ParameterizedTest
  @CsvSource({"false, 33", "true, 290"})
  void ofIrpsToo(boolean remove, int schedules) {
    assertProbed(schedules, InsertCancelRemove.scenario(true, remove, outcome -> {}));
  }

  /** Chao's estimate is a lower bound where some classes are rare, so that too low is forgiven more often. */
  private static void assertCounted(int classes, int runs, Scenario scenario) {
    int within = 0;
    int above = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      ClassCounter counter = new ClassCounter(new Pos(seed));
      Runs.atMost(scenario, counter, runs);
      Estimate estimate = counter.estimate();
      assertTrue(counter.classes() <= classes && estimate.low() >= counter.classes(), estimate.toString());
      within += estimate.low() <= classes && classes <= estimate.high() ? 1 : 0;
      above += estimate.low() > classes ? 1 : 0;
    }
    assertTrue(within >= MOST_OF_THEM && above <= 2, within + " bands hold, " + above + " are too high");
  }

  @ParameterizedTest
  @CsvSource({"writers, 4, 24, 30", "lost-update, 3, 36, 60", "same-variables, 4, 16, 40", "IRIW, 4, 15, 40"})
  void classesSeenOnceTellOfThoseNotSeen(String name, int n, int classes, int runs) {
    assertCounted(classes, runs, Classics.of(name, n));
  }

  @Test
  void classesOfIrpsToo() {
    assertCounted(11, 60, Irps.scenario(List.of("ins1", "can1", "rem")));
    assertCounted(40, 200, Irps.scenario(List.of("ins1", "can1", "rem", "rem")));
  }

  private static double progressAfter(Scenario scenario, Strategy strategy, int runs) {
    Runs.atMost(scenario, strategy, runs);
    return strategy.progress();
  }

  @Test
  void progressLeadsToTheTotal() {
    Scenario scenario = InsertCancelRemove.scenario(true, true, outcome -> {});
    int schedules = 290;
    double before = 0;
    for (int runs : new int[] {72, 145, 217, 261}) {
      double progress = progressAfter(scenario, DepthFirst.bruteForce(), runs);
      assertTrue(progress > before && progress < 1, runs + ": " + progress);
      double estimated = (runs - 1) / progress;
      assertTrue(estimated > schedules / 4.0 && estimated < schedules * 4.0, runs + ": " + estimated);
      before = progress;
    }
    assertEquals(1, progressAfter(scenario, DepthFirst.bruteForce(), Integer.MAX_VALUE));
  }

  @Test
  void progressOfTheProofEndsAtTheEnd() {
    Scenario scenario = Irps.scenario(List.of("ins1", "ins2", "can1", "can2"));
    double halfWay = progressAfter(scenario, new SourceDpor(), 28);
    assertTrue(halfWay > 0.05 && halfWay < 0.95, "half way is " + halfWay);
    assertEquals(1, progressAfter(scenario, new SourceDpor(), Integer.MAX_VALUE));
    assertTrue(Double.isNaN(new SourceDpor().progress()) && Double.isNaN(new Pos(1).progress()));
  }

  /** By hand, from the papers' formulas. */
  @Test
  void theFormulasAreThoseOfThePapers() {
    assertEquals(new Estimate(12, 10, 27, 50), Estimate.ofKinds(10, 4, 2, 50));
    assertEquals(new Estimate(8, 5, 30, 50), Estimate.ofKinds(5, 3, 0, 50));
    assertEquals(new Estimate(10, 10, 10, 50), Estimate.ofKinds(10, 1, 2, 50));
    assertEquals(new Estimate(100, 100 - 1.96 * 2, 100 + 1.96 * 2, 25), Estimate.ofMean(100, 10, 25));
    assertEquals(1, Estimate.ofMean(2, 10, 25).low());
  }

  /** Each walk counts for the product of the branches on its way; the band is two standard errors of their mean. */
  @Test
  void theBandIsThatOfTheWalksWeights() {
    List<Double> weights = new ArrayList<>();
    KnuthProbes probes = new KnuthProbes(1);
    Strategy weighing =
        new Strategy() {
          @Override
          public boolean nextRun() {
            weights.add(1.0);
            return probes.nextRun();
          }

          @Override
          public int choose(Choice choice) {
            int last = weights.size() - 1;
            weights.set(last, weights.get(last) * Long.bitCount(choice.enabled()));
            return probes.choose(choice);
          }

          @Override
          public boolean isExhaustive() {
            return false;
          }
        };
    Runs.atMost(InsertCancelRemove.scenario(true, true, outcome -> {}), weighing, 40);
    double mean = weights.stream().mapToDouble(weight -> weight).average().orElseThrow();
    double squares = weights.stream().mapToDouble(weight -> (weight - mean) * (weight - mean)).sum();
    Estimate estimate = probes.estimate();
    assertEquals(40, estimate.sample());
    assertEquals(mean, estimate.mean(), 1e-6);
    assertEquals(mean + 1.96 * Math.sqrt(squares / 39) / Math.sqrt(40), estimate.high(), 1e-6);
  }

  @Test
  void saysABandInFewDigits() {
    assertEquals("5,200 to 8,800", new Estimate(7_000, 5_176, 8_824, 50).toString());
    assertEquals("about 40", Estimate.ofKinds(40, 0, 3, 100).toString());
    assertEquals("2e+09 to 8e+12", new Estimate(1e11, 2e9, 8e12, 50).toString());
    assertEquals("nobody knows how many", new Estimate(7_000, 5_176, 8_824, 3).toString());
    assertFalse(Estimate.NONE.isKnown());
  }
}
