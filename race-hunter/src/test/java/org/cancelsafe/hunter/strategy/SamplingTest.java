package org.cancelsafe.hunter.strategy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.models.Classics;
import org.cancelsafe.models.Irps;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What random strategies promise, on fixed seeds. */
class SamplingTest {
  private static final int MANY = 2_000;

  private static Strategy strategy(String name, long seed) {
    return switch (name) {
      case "pct" -> new Pct(3, seed);
      case "pos" -> new Pos(seed);
      default -> new UniformRandom(seed);
    };
  }

  /** One writes 1 to 5; the other must not see 1, and, where it looks twice, not something else then. */
  private static Scenario seesOne(boolean twice) {
    return Scenario.named("sees-one")
        .model(
            machine -> {
              InterlockedLong state = new InterlockedLong("state", 0);
              machine.startThread(
                  "Writer",
                  () -> {
                    for (int i = 1; i <= 5; i++) {
                      state.write(i);
                    }
                  });
              machine.startThread(
                  "Reader",
                  () -> {
                    if (state.read() == 1 && (!twice || state.read() != 1)) {
                      throw new AssertionError("saw 1");
                    }
                  });
            });
  }

  private static long failures(List<RunResult> runs) {
    return runs.stream().filter(run -> run.finding() != null).count();
  }

  /** The probability of the paper, less three standard deviations. */
  private static void assertFindsAsOftenAsPromised(int depth, Scenario scenario, int activities, int steps) {
    long found = failures(Runs.atMost(scenario, new Pct(depth, 1), MANY));
    double promised = 1 / (activities * Math.pow(steps, depth - 1));
    double least = MANY * promised - 3 * Math.sqrt(MANY * promised * (1 - promised));
    assertTrue(found >= least, found + " times, where " + least + " are promised");
  }

  @Test
  void pctFindsABugOfItsDepthAsOftenAsPromised() {
    assertFindsAsOftenAsPromised(2, seesOne(false), 2, 6);
    assertFindsAsOftenAsPromised(3, seesOne(true), 2, 7);
  }

  @Test
  void pctOfDepth1InterruptsNobody() {
    List<RunResult> runs = Runs.atMost(seesOne(false), new Pct(1, 1), 200);
    assertEquals(0, failures(runs));
    assertEquals(0, runs.stream().mapToInt(RunResult::preemptions).max().orElseThrow());
    assertTrue(runs.stream().map(run -> run.schedule()[0]).distinct().count() == 2, "always the same goes first");
  }

  @Test
  void pctInterruptsLessOftenThanItsDepth() {
    for (int depth = 1; depth <= 4; depth++) {
      List<RunResult> runs = Runs.atMost(Classics.of("lost-update", 3), new Pct(depth, 1), 500);
      assertEquals(depth - 1, runs.stream().mapToInt(RunResult::preemptions).max().orElseThrow());
    }
    assertThrows(IllegalArgumentException.class, () -> new Pct(0, 1));
  }

  /** How often the rarest class comes, in so many runs; 0 when one was not seen. */
  private static int rarest(Scenario scenario, Strategy strategy, int classes) {
    Map<Long, Integer> seen = new HashMap<>();
    ClassHash hash = new ClassHash();
    Strategy counting =
        new Strategy() {
          @Override
          public boolean nextRun() {
            hash.beginRun();
            return strategy.nextRun();
          }

          @Override
          public int choose(Choice choice) {
            int next = strategy.choose(choice);
            hash.add(choice, next);
            return next;
          }

          @Override
          public void atRest(Choice choice) {
            seen.merge(hash.value(), 1, Integer::sum);
          }

          @Override
          public boolean isExhaustive() {
            return false;
          }
        };
    Runs.atMost(scenario, counting, MANY);
    return seen.size() < classes ? 0 : Collections.min(seen.values());
  }

  /** Which of two writes is the last does not depend on how much else there is to do, as it does for uniform choice. */
  @Test
  void posIsFairToOrders() {
    Scenario longAndShort =
        Scenario.named("long-and-short")
            .model(
                machine -> {
                  InterlockedLong shared = new InterlockedLong("shared", 0);
                  machine.startThread(
                      "Long",
                      () -> {
                        InterlockedLong own = new InterlockedLong("own", 0);
                        for (int i = 0; i < 10; i++) {
                          own.increment();
                        }
                        shared.write(1);
                      });
                  machine.startThread("Short", () -> shared.write(2));
                });
    int byPos = rarest(longAndShort, new Pos(1), 2);
    int byChance = rarest(longAndShort, new UniformRandom(1), 2);
    assertTrue(byPos > 10 * Math.max(1, byChance), byPos + " and " + byChance);
  }

  /** Each of two variables is written first by another thread in a sixth of the runs; by old priorities, an eighth. */
  @Test
  void posDrawsAgainWhatRaces() {
    int rarest = rarest(Classics.of("same-variables", 2), new Pos(1), 4);
    assertTrue(rarest > MANY / 7, rarest + " of " + MANY);
  }

  @ParameterizedTest
  @CsvSource({"pos, 16", "random, 16", "pct, 8"})
  void everyClassIsSeen(String name, int classes) {
    int variables = classes == 16 ? 4 : 3;
    assertTrue(rarest(Classics.of("same-variables", variables), strategy(name, 7), classes) > 0);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pct", "pos", "random"})
  void theSeedDecidesEverything(String name) {
    Scenario scenario = Irps.scenario(List.of("ins1", "can1", "rem"));
    List<RunResult> one = Runs.atMost(scenario, strategy(name, 42), 50);
    List<RunResult> same = Runs.atMost(scenario, strategy(name, 42), 50);
    List<RunResult> other = Runs.atMost(scenario, strategy(name, 43), 50);
    boolean differs = false;
    for (int i = 0; i < one.size(); i++) {
      assertArrayEquals(one.get(i).schedule(), same.get(i).schedule());
      differs |= !Arrays.equals(one.get(i).schedule(), other.get(i).schedule());
    }
    assertTrue(differs, "another seed makes the same runs");
    assertFalse(strategy(name, 1).isExhaustive());
  }

  /** Whoever is first fails, while the others have steps of their own before them. */
  private static Scenario failsAtOnce() {
    return Scenario.named("fails-at-once")
        .model(
            machine -> {
              for (int i = 0; i < 3; i++) {
                InterlockedLong own = new InterlockedLong("own" + i, 0);
                machine.startThread(
                    "T" + i,
                    () -> {
                      own.increment();
                      own.increment();
                      throw new AssertionError("fails");
                    });
              }
            });
  }

  private static Sampler sampler(String name, long seed) {
    return (Sampler) strategy(name, seed);
  }

  /** With what was known when its round began: nothing of the runs of that round, however many came between. */
  @ParameterizedTest
  @ValueSource(strings = {"pct", "pos", "random"})
  void aRunIsMadeFromItsNumber(String name) {
    for (Scenario scenario : List.of(failsAtOnce(), Classics.of("lost-update", 3), Classics.of("philosophers", 3))) {
      for (long seed = 1; seed <= 5; seed++) {
        Sampler inTurn = sampler(name, seed);
        List<RunResult> runs = Runs.atMost(scenario, inTurn, 31);
        int longest = 0;
        for (int begin = 1; begin <= 16; begin *= 2) {
          int known = longest;
          for (int number = begin; number < 2 * begin; number++) {
            Sampler alone = sampler(name, seed);
            alone.learn(known);
            alone.goTo(number);
            int[] schedule = Runs.atMost(scenario, alone, 1).get(0).schedule();
            assertArrayEquals(runs.get(number - 1).schedule(), schedule, name + " " + seed + ", run " + number);
            longest = Math.max(longest, alone.longest());
          }
        }
        assertEquals(longest, inTurn.longest());
      }
    }
  }

  @Test
  void classesAreCountedAsTheOracleCountsThem() {
    LongFunction<Strategy> random = UniformRandom::new;
    int several = 0;
    for (long seed = 1; seed <= 150; seed++) {
      ClassCounter counter = new ClassCounter(random.apply(seed));
      Runs.Seen seen = Runs.seen(RandomProgram.scenario(seed, outcome -> {}), counter, List.of(), 60);
      assertEquals(seen.classes().size(), counter.classes(), "program " + seed);
      assertEquals(60, counter.runs());
      several += seen.classes().size() > 5 ? 1 : 0;
    }
    assertTrue(several > 30, "programs with several classes: " + several);
  }
}
