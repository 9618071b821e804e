package org.cancelsafe.hunter;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Schedules that are run again: as strings, and from a corpus. */
class ReplayTest {
  private static Scenario counting(Consumer<InterlockedLong> one, Consumer<InterlockedLong> two) {
    return Scenario.named("counting")
        .model(
            machine -> {
              InterlockedLong counter = new InterlockedLong("counter", 0);
              machine.startThread("One", () -> one.accept(counter));
              machine.startThread("Two", () -> two.accept(counter));
              judge(machine, counter);
            });
  }

  private static void judge(Machine machine, InterlockedLong counter) {
    machine.afterwards(
        () -> {
          if (counter.read() != 2) {
            throw new AssertionError("counted to " + counter.read());
          }
        });
  }

  private static void readThenWrite(InterlockedLong counter) {
    counter.write(counter.read() + 1);
  }

  private static void increment(InterlockedLong counter) {
    counter.increment();
  }

  private static Scenario broken() {
    return counting(ReplayTest::readThenWrite, ReplayTest::readThenWrite);
  }

  private static Scenario fixed() {
    return counting(ReplayTest::increment, ReplayTest::increment);
  }

  private static ReplayString found(Scenario scenario) {
    return requireNonNull(Hunter.explore(scenario).counterexample()).replay();
  }

  @Test
  void aStringReplaysWhatWasFound() {
    ReplayString replay = ReplayString.parse(found(broken()).toString());
    Report again = Hunter.replay(broken(), replay);
    assertEquals("AssertionFailed", again.rule());
    assertEquals(8, replay.codes().length());
  }

  @Test
  void aStringWithoutCodesIsReplayedToo() {
    ReplayString replay = found(broken());
    ReplayString old = new ReplayString(replay.scenario(), replay.fingerprint(), replay.schedule());
    assertEquals("AssertionFailed", Hunter.replay(broken(), old).rule());
  }

  @Test
  void refusesAnotherVersionAndSaysWhichStepDiffers() {
    Scenario changed = counting(ReplayTest::readThenWrite, ReplayTest::increment);
    var problem = assertThrows(ReplayString.Malformed.class, () -> Hunter.replay(changed, found(broken())));
    assertEquals(
        "this replay string was recorded for another version of counting: step 2 was read counter by Two, now "
            + "InterlockedIncrement(counter); hunt it again",
        problem.getMessage());
  }

  /** Without letters only the number of steps tells. */
  @Test
  void refusesAScheduleWithItsEndCutOff() {
    ReplayString replay = found(broken());
    int[] schedule = replay.schedule();
    ReplayString cut =
        new ReplayString(replay.scenario(), replay.fingerprint(), Arrays.copyOf(schedule, schedule.length - 1));
    var problem = assertThrows(ReplayString.Malformed.class, () -> Hunter.replay(broken(), cut));
    assertTrue(
        problem.getMessage().contains("it has 3 steps, and the schedule goes on to step 4"), problem.getMessage());
  }

  private static ReplayString withSchedule(int... schedule) {
    ReplayString replay = found(broken());
    return new ReplayString(replay.scenario(), replay.fingerprint(), schedule);
  }

  private static void assertRefused(String why, ReplayString replay) {
    var problem = assertThrows(ReplayString.Malformed.class, () -> Hunter.replay(broken(), replay));
    assertTrue(problem.getMessage().contains(why), problem.getMessage());
  }

  @Test
  void refusesAScheduleThatIsNotPossible() {
    assertRefused("step 3 was one of One, who cannot go on there now", withSchedule(0, 0, 0, 1, 1));
    assertRefused("step 5 comes after the end now", withSchedule(0, 0, 1, 1, 1));
  }

  @Test
  void refusesTheStringOfAnotherScenario() {
    ReplayString replay = found(broken());
    assertRefused(
        "was recorded for scenario other, not for counting",
        new ReplayString("other", replay.fingerprint(), replay.schedule()));
    assertRefused(
        "recorded for another version of counting",
        new ReplayString(replay.scenario(), replay.fingerprint() + 1, replay.schedule(), replay.codes()));
  }

  /** The plainest schedule is the same, so that only the steps tell. */
  @Test
  void refusesAScheduleWhoseStepsDiffer() {
    ReplayString replay = found(broken());
    String codes = replay.codes();
    ReplayString forged =
        new ReplayString(
            replay.scenario(), replay.fingerprint(), replay.schedule(), codes.substring(0, 4) + "AA" + "AA");
    var problem = assertThrows(ReplayString.Malformed.class, () -> Hunter.replay(broken(), forged));
    assertTrue(
        problem.getMessage().contains("does not fit counting: step 3 was another one by Two, now"),
        problem.getMessage());
  }

  @Test
  void theCorpusIsTriedFirst(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("sub/corpus.txt");
    Corpus first = Corpus.load(file);
    Report found = Hunt.in(broken()).corpus(first).run();
    first.save(file);
    assertTrue(found.schedules() > 1);
    assertEquals(1, Corpus.load(file).size());
    Report again = Hunt.in(broken()).corpus(Corpus.load(file)).run();
    assertEquals(1, again.schedules());
    assertEquals(found.rule(), again.rule());
    assertEquals("a schedule of the corpus", again.how());
    assertEquals(requireNonNull(found.counterexample()).replay(), requireNonNull(again.counterexample()).replay());
  }

  /** The first one that fails is shown; one that goes well now, and one that does not fit, are not tried again. */
  @Test
  void theCorpusKeepsWhatStillFails(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("corpus.txt");
    ReplayString fails = found(broken());
    ReplayString failsToo = withSchedule(0, 1, 1, 0);
    ReplayString goesWell = withSchedule(0, 0, 1, 1);
    Files.write(file, List.of(fails.toString(), failsToo.toString(), goesWell.toString()));
    Corpus corpus = Corpus.load(file);
    Report report = Hunt.in(broken()).corpus(corpus).run();
    assertEquals(fails, requireNonNull(report.counterexample()).replay());
    assertEquals(List.of(goesWell + ": it goes well now"), corpus.dropped());
    corpus.save(file);
    assertEquals(2, Corpus.load(file).size());
    assertEquals(3, Files.readAllLines(file).size());
  }

  @Test
  void whatIsStaleIsDroppedAndSaidSoInALine(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("corpus.txt");
    Files.write(file, List.of("# a comment", found(broken()).toString(), "nonsense", "other:1:00000000:A"));
    Corpus corpus = Corpus.load(file);
    assertEquals(Verdict.VERIFIED, Hunt.in(fixed()).corpus(corpus).run().verdict());
    corpus.save(file);
    assertEquals(2, corpus.dropped().size());
    assertTrue(corpus.dropped().get(0).startsWith("nonsense: not a replay string"), corpus.dropped().get(0));
    assertTrue(corpus.dropped().get(1).contains("another version of counting: step 1 was"), corpus.dropped().get(1));
    assertTrue(corpus.dropped().stream().allMatch(line -> line.lines().count() == 1));
    List<String> kept = Files.readAllLines(file);
    assertEquals("other:1:00000000:A", kept.get(kept.size() - 1));
    assertEquals(2, kept.size());
  }
}
