package org.cancelsafe.hunter.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.models.InsertCancelRemove;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers of schedules that can be counted by hand or are known from elsewhere. */
class DepthFirstTest {
  private static Scenario writersOfOneVariable(int threads) {
    return Scenario.named("writers")
        .model(
            machine -> {
              InterlockedLong variable = new InterlockedLong("x", 0);
              for (int i = 0; i < threads; i++) {
                int value = i;
                machine.startThread("W" + i, () -> variable.write(value));
              }
            });
  }

  private static Scenario independentWriters(int threads) {
    return Scenario.named("independent")
        .model(
            machine -> {
              for (int i = 0; i < threads; i++) {
                InterlockedLong variable = new InterlockedLong("x" + i, 0);
                machine.startThread("W" + i, () -> variable.write(1));
              }
            });
  }

  private static Scenario sameVariables(int variables) {
    return Scenario.named("same-variables")
        .model(
            machine -> {
              InterlockedLong[] all = new InterlockedLong[variables];
              for (int i = 0; i < variables; i++) {
                all[i] = new InterlockedLong("x" + i, 0);
              }
              for (int thread = 0; thread < 2; thread++) {
                machine.startThread(
                    "W" + thread,
                    () -> {
                      for (InterlockedLong variable : all) {
                        variable.write(1);
                      }
                    });
              }
            });
  }

  @ParameterizedTest
  @CsvSource({"2, 2", "3, 6", "4, 24"})
  void writersOfOneVariable(int threads, int schedules) {
    assertEquals(schedules, Runs.all(writersOfOneVariable(threads), DepthFirst.bruteForce()).size());
  }

  @ParameterizedTest
  @CsvSource({"2, 2", "3, 6", "4, 24"})
  void independentWriters(int threads, int schedules) {
    assertEquals(schedules, Runs.all(independentWriters(threads), DepthFirst.bruteForce()).size());
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "2, 6", "3, 20", "4, 70"})
  void twoThreadsOverTheSameVariables(int variables, int schedules) {
    assertEquals(schedules, Runs.all(sameVariables(variables), DepthFirst.bruteForce()).size());
  }

  @ParameterizedTest
  @CsvSource({"0, 6", "1, 32", "2, 96", "3, 202", "4, 260", "5, 290"})
  void insertCancelRemoveUnderABound(int bound, int schedules) {
    DepthFirst strategy = DepthFirst.bounded(bound, SwitchCost.PREEMPTIONS);
    var runs = Runs.all(InsertCancelRemove.scenario(true, true, outcome -> {}), strategy);
    assertEquals(schedules, Runs.complete(runs));
    assertTrue(runs.stream().allMatch(run -> run.pruned() || run.preemptions() <= bound));
    assertEquals(bound == 5, strategy.isExhaustive());
  }

  @Test
  void theFirstScheduleHasNoPreemption() {
    RunResult first = Runs.all(InsertCancelRemove.scenario(true, true, outcome -> {}), DepthFirst.bruteForce()).get(0);
    assertEquals(0, first.preemptions());
  }

  @Test
  void contextSwitchesCountAlsoWhenNobodyIsInterrupted() {
    DepthFirst none = DepthFirst.bounded(0, SwitchCost.CONTEXT_SWITCHES);
    assertEquals(0, Runs.complete(Runs.all(writersOfOneVariable(2), none)));
    assertFalse(none.isExhaustive());
    DepthFirst one = DepthFirst.bounded(1, SwitchCost.CONTEXT_SWITCHES);
    assertEquals(2, Runs.complete(Runs.all(writersOfOneVariable(2), one)));
    assertTrue(one.isExhaustive());
  }
}
