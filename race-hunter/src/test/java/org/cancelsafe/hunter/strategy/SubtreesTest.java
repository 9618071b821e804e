package org.cancelsafe.hunter.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.models.Classics;
import org.cancelsafe.models.InsertCancelRemove;
import org.cancelsafe.models.Irps;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A tree of schedules in parts: together they are the tree, and none of it twice. */
class SubtreesTest {
  private static Scenario insertCancelRemove() {
    return InsertCancelRemove.scenario(true, true, outcome -> {});
  }

  private static List<String> schedules(Scenario scenario, Strategy strategy) {
    return Runs.all(scenario, strategy).stream()
        .filter(run -> !run.pruned())
        .map(run -> Arrays.toString(run.schedule()))
        .toList();
  }

  private static List<int[]> prefixes(Scenario scenario, Strategy strategy, int depth) {
    DepthLimited top = new DepthLimited(strategy, depth);
    Runs.all(scenario, top);
    return top.prefixes();
  }

  @ParameterizedTest
  @CsvSource({"1, 0", "3, 0", "3, 1", "5, 1", "7, 2", "40, 1"})
  void depthFirstInPartsMakesTheSameSchedulesInTheSameOrder(int depth, int bound) {
    DepthFirst whole = DepthFirst.bounded(bound, SwitchCost.PREEMPTIONS);
    List<String> parts = new ArrayList<>();
    for (int[] prefix : prefixes(insertCancelRemove(), DepthFirst.bounded(bound, SwitchCost.PREEMPTIONS), depth)) {
      parts.addAll(schedules(insertCancelRemove(), whole.below(prefix)));
    }
    assertEquals(schedules(insertCancelRemove(), DepthFirst.bounded(bound, SwitchCost.PREEMPTIONS)), parts);
  }

  @Test
  void depthFirstGoesOnFromAnyOfItsSchedules() {
    DepthFirst whole = DepthFirst.bruteForce();
    List<RunResult> runs = Runs.all(insertCancelRemove(), DepthFirst.bruteForce());
    List<String> all = schedules(insertCancelRemove(), DepthFirst.bruteForce());
    for (int from : new int[] {0, 1, 100, 288, 289}) {
      List<String> rest = schedules(insertCancelRemove(), whole.from(runs.get(from).schedule()));
      assertEquals(all.subList(from, all.size()), rest);
    }
  }

  /** Whatever the strategy gives up itself is no part, and what it is told on its way it is told here too. */
  @ParameterizedTest
  @CsvSource({"last-zero, 4, 28", "philosophers, 3, 7", "locked-twice, 2, 4"})
  void aTopThatIsDeepEnoughIsTheWhole(String name, int n, int classes) {
    DepthLimited top = new DepthLimited(new SourceDpor(), 60);
    int runs = Runs.all(Classics.of(name, n), top).size();
    assertEquals(classes, top.prefixes().size());
    assertEquals(runs - classes, top.redundant());
    assertFalse(top.hasMoreBelow());
    assertTrue(top.isExhaustive());
  }

  @Test
  void whatTheTopGivesUpItselfIsCounted() {
    Scenario scenario = Irps.scenario(List.of("ins1", "can1", "rem"));
    DepthLimited top = new DepthLimited(SourceDpor.expandingAll(), 60);
    assertEquals(11 + 19, Runs.all(scenario, top).size());
    assertEquals(11, top.prefixes().size());
    assertEquals(19, top.redundant());
  }

  @Test
  void theTopHasSoManyStepsAndKnowsWhatItLeavesOut() {
    DepthLimited top = new DepthLimited(DepthFirst.bounded(0, SwitchCost.PREEMPTIONS), 3);
    Runs.atMost(insertCancelRemove(), top, 1);
    assertEquals(1, top.prefixes().size());
    Runs.all(insertCancelRemove(), top);
    assertTrue(top.prefixes().stream().allMatch(prefix -> prefix.length == 3));
    assertTrue(top.hasMoreBelow());
    assertFalse(top.isExhaustive());
  }

  private static void assertPartsAreTheWhole(Scenario scenario, int depth, List<RunResult> lessons) {
    Function<Strategy, Runs.Seen> seen = strategy -> Runs.seen(scenario, strategy, lessons, Integer.MAX_VALUE);
    Runs.Seen whole = seen.apply(new SourceDpor());
    DepthLimited top = new DepthLimited(SourceDpor.expandingAll(), depth);
    seen.apply(top);
    Set<String> classes = new TreeSet<>();
    Set<String> failures = new TreeSet<>();
    for (int[] prefix : top.prefixes()) {
      Runs.Seen part = seen.apply(SourceDpor.below(prefix));
      assertEquals(0, part.duplicates());
      for (String form : part.classes()) {
        assertTrue(classes.add(form), "twice: " + form);
      }
      failures.addAll(part.failures());
    }
    assertEquals(whole.classes(), classes);
    assertEquals(whole.failures(), failures);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 9, 60})
  void theProofInPartsSeesEveryClassOnce(int depth) {
    assertPartsAreTheWhole(Irps.scenario(List.of("ins1", "ins2", "can1", "can2")), depth, List.of());
    assertPartsAreTheWhole(Classics.of("last-zero", 4), depth, List.of());
    assertPartsAreTheWhole(Classics.of("philosophers", 3), depth, List.of());
  }

  @Test
  void ofRandomProgramsToo() {
    for (long seed = 1; seed <= 40; seed++) {
      Scenario program = RandomProgram.scenario(seed, outcome -> {});
      List<RunResult> lessons = Runs.seen(program, new SourceDpor(), List.of(), 200).runs();
      if (Runs.seen(program, new SourceDpor(), lessons, 200).runs().size() < 200) {
        assertPartsAreTheWhole(program, 3, lessons);
      }
    }
  }
}
