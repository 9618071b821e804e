package org.cancelsafe.examples.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.examples.catalogue.Catalogue;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Builder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The command as its users see it: what it prints where, and what it exits with. */
class CsqTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private static Scenario update(Builder builder, boolean interlocked) {
    return builder.model(
        machine -> {
          InterlockedLong counter = new InterlockedLong("counter", 0);
          Runnable add =
              () -> {
                if (interlocked) {
                  counter.increment();
                } else {
                  counter.write(counter.read() + 1);
                }
              };
          machine.startThread("One", add);
          machine.startThread("Two", add);
          machine.afterwards(
              () -> {
                if (counter.read() != 2) {
                  throw new AssertionError("counted to " + counter.read());
                }
              });
        });
  }

  private static final Scenario BROKEN =
      update(Scenario.named("update.broken").about("reads, then writes").expectingRace("AssertionFailed"), false);
  private static final Scenario FIXED = update(Scenario.named("update.fixed").about("increments"), true);
  private static final Scenario WRONG = update(Scenario.named("optimist").about("reads, then writes"), false);

  private int csq(List<Scenario> catalogue, String... args) {
    CommandLine command = Csq.commandLine(catalogue);
    command.setOut(new PrintWriter(out));
    command.setErr(new PrintWriter(err));
    return command.execute(args);
  }

  private int csq(String... args) {
    return csq(List.of(BROKEN, FIXED), args);
  }

  @Test
  void listsAScenarioALine() {
    assertEquals(0, csq("list"));
    assertEquals(
        """
        update.broken  race  reads, then writes
        update.fixed   safe  increments
        """,
        out.toString());
  }

  @Test
  void listsWhatIsNamed() {
    assertEquals(0, csq("list", "update.fixed"));
    assertEquals("update.fixed  safe  increments\n", out.toString());
  }

  @Test
  void badUsageIsSaidBeforeAnythingElse() {
    assertEquals(2, csq("hunt", "--strategy", "foo"));
    assertEquals(2, err.toString().lines().count(), err.toString());
    assertTrue(err.toString().startsWith("csq: Invalid value for option '--strategy'"), err.toString());
    assertTrue(err.toString().endsWith("csq: csq hunt --help lists what there is\n"), err.toString());
  }

  @Test
  void whatItDoesNotTakeIsNamed() {
    csq("jump");
    csq("replay", "one", "two");
    List<String> lines = err.toString().lines().toList();
    assertEquals("csq: 'jump' is no command", lines.get(0));
    assertEquals("csq: 'two' is one argument too many", lines.get(2));
  }

  @Test
  void withoutACommandItShowsThemAll() {
    assertEquals(2, csq());
    assertTrue(err.toString().contains("  replay "), err.toString());
  }

  @Test
  void measuresTheHottestLock() {
    assertEquals(0, csq("contention", "--threads", "2", "--seconds", "1"));
    assertTrue(out.toString().startsWith("2 threads, each with a device of its own"), out.toString());
    assertTrue(out.toString().contains("\ncancel-safe-queue "), out.toString());
    assertEquals(2, csq("contention", "--threads", "0"));
    assertTrue(err.toString().contains("--threads and --seconds are 1 or more"), err.toString());
  }

  @Test
  void aHuntWithEveryVerdictAsExpectedExitsWith0() {
    assertEquals(0, csq("hunt"));
    assertTrue(out.toString().contains("VIOLATION  AssertionFailed"), out.toString());
    String summary = "2 scenarios: 1 race found, 1 verified, every verdict as expected";
    assertTrue(out.toString().contains(summary), out.toString());
  }

  @Test
  void aHuntWithAnotherVerdictExitsWith1() {
    assertEquals(1, csq(List.of(WRONG, FIXED), "hunt"));
    assertTrue(out.toString().contains("<< not as expected"), out.toString());
  }

  @Test
  void theWrongRuleIsNotAsExpected() {
    Scenario other = update(Scenario.named("other").expectingRace("DoubleCompletion"), false);
    assertEquals(1, csq(List.of(other), "hunt"));
  }

  @Test
  void aNameMeansItsGroup() {
    assertEquals(0, csq(List.of(BROKEN, FIXED, WRONG), "hunt", "UPDATE", "--format", "json"));
    assertEquals(2, json().getAsJsonArray("scenarios").size());
  }

  @Test
  void anUnknownNameIsBadUsageInOneLine() {
    assertEquals(2, csq("hunt", "upd"));
    assertEquals("csq: no scenario is called 'upd'; csq list names them all\n", err.toString());
    assertEquals("", out.toString());
  }

  @Test
  void jsonIsOneObjectAndNothingElse() {
    assertEquals(0, csq("hunt", "--format", "json"));
    JsonObject result = json();
    assertTrue(result.get("ok").getAsBoolean());
    JsonObject broken = result.getAsJsonArray("scenarios").get(0).getAsJsonObject();
    assertTrue(
        broken.keySet()
            .containsAll(
                Set.of("name", "expected", "verdict", "rule", "schedules", "preemptions", "millis", "replay",
                    "how")));
    assertEquals("update.broken", broken.get("name").getAsString());
    assertEquals("race", broken.get("expected").getAsString());
    assertEquals("race", broken.get("verdict").getAsString());
    assertEquals("AssertionFailed", broken.get("rule").getAsString());
    assertEquals(1, broken.get("preemptions").getAsInt());
    JsonObject fixed = result.getAsJsonArray("scenarios").get(1).getAsJsonObject();
    assertEquals("safe", fixed.get("expected").getAsString());
    assertTrue(broken.get("classes").isJsonNull());
    assertTrue(fixed.get("classes").getAsInt() > 1);
    assertEquals("verified", fixed.get("verdict").getAsString());
    assertTrue(fixed.get("rule").isJsonNull());
    assertTrue(fixed.get("replay").isJsonNull());
  }

  @Test
  void jsonSaysWhenAVerdictIsNotAsExpected() {
    assertEquals(1, csq(List.of(WRONG), "hunt", "--format", "json"));
    assertFalse(json().get("ok").getAsBoolean());
  }

  @Test
  void aLiveHuntFindsToo() {
    assertEquals(0, csq("hunt", "--live", "--seconds", "10", "--seed", "1", "update.broken", "--format", "json"));
    JsonObject broken = json().getAsJsonArray("scenarios").get(0).getAsJsonObject();
    assertEquals("race", broken.get("verdict").getAsString());
    assertTrue(broken.get("replay").isJsonNull());
  }

  @Test
  void aLiveHuntLeavesACorrectScenarioClean() {
    assertEquals(0, csq("hunt", "--live", "--seconds", "1", "update.fixed", "--format", "json"));
    JsonObject fixed = json().getAsJsonArray("scenarios").get(0).getAsJsonObject();
    assertEquals("clean-within-budget", fixed.get("verdict").getAsString());
  }

  @Test
  void whatAHuntPrintsIsReplayed() {
    csq("hunt", "--format", "json", "update.broken");
    String replay = json().getAsJsonArray("scenarios").get(0).getAsJsonObject().get("replay").getAsString();
    out.getBuffer().setLength(0);
    assertEquals(0, csq("replay", replay));
    assertTrue(out.toString().contains("counted to 1"), out.toString());
    assertTrue(out.toString().contains(replay), out.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "dpor", "dfs", "pct:2", "pos", "random"})
  void everyStrategyFindsTheSame(String strategy) {
    assertEquals(
        0, csq("hunt", "update.broken", "--strategy", strategy, "--seed", "3", "--seconds", "2", "--format", "json"));
    JsonObject broken = json().getAsJsonArray("scenarios").get(0).getAsJsonObject();
    assertEquals("AssertionFailed", broken.get("rule").getAsString());
    assertEquals(1, broken.get("preemptions").getAsInt());
  }

  @Test
  void whatIsDrawnAtRandomIsCountedAndEstimated() {
    assertEquals(
        0, csq("hunt", "update.fixed", "--strategy", "pos", "--schedules", "200", "--format", "json"));
    JsonObject fixed = json().getAsJsonArray("scenarios").get(0).getAsJsonObject();
    assertEquals("clean-within-budget", fixed.get("verdict").getAsString());
    JsonObject sample = fixed.getAsJsonObject("sample");
    assertEquals("pos", sample.get("strategy").getAsString());
    assertEquals(2, sample.get("classes").getAsInt());
    assertEquals(2, sample.get("classesAtLeast").getAsInt());
  }

  @Test
  void tooManyStepsAreNoProgress() {
    assertEquals(1, csq("hunt", "update.broken", "--steps", "3", "--format", "json"));
    assertEquals(
        "NoProgress", json().getAsJsonArray("scenarios").get(0).getAsJsonObject().get("rule").getAsString());
  }

  @Test
  void severalJobsComeToTheSame() {
    List<Scenario> all = Catalogue.all();
    assertEquals(0, csq(all, "hunt", "T-3", "T-9", "B-9", "csq", "--format", "json"));
    String alone = json().toString();
    out.getBuffer().setLength(0);
    assertEquals(0, csq(all, "hunt", "T-3", "T-9", "B-9", "csq", "--jobs", "3", "--format", "json"));
    assertEquals(withoutTimes(alone), withoutTimes(json().toString()));
  }

  private static String withoutTimes(String json) {
    return json.replaceAll("\"millis\":[0-9]+", "");
  }

  @Test
  void theCorpusIsKeptAndTriedFirst(@TempDir Path directory) throws IOException {
    String corpus = directory.resolve("corpus").toString();
    assertEquals(0, csq("hunt", "update", "--corpus", corpus));
    out.getBuffer().setLength(0);
    assertEquals(0, csq("hunt", "update", "--corpus", corpus, "--format", "json"));
    assertEquals(1, json().getAsJsonArray("scenarios").get(0).getAsJsonObject().get("schedules").getAsInt());
    err.getBuffer().setLength(0);
    Files.writeString(directory.resolve("corpus"), "update.fixed:1:00000000:A\n");
    csq("hunt", "update", "--corpus", corpus, "--format", "json");
    assertEquals(1, err.toString().lines().count(), err.toString());
    assertTrue(err.toString().startsWith("csq: dropped from " + corpus + ": update.fixed:1:"), err.toString());
  }

  @Test
  void theProgressIsALine() {
    try (Progress progress = Progress.of("hunting", 9)) {
      assertTrue(progress.line("hunting", 2, 9, 100).equals("hunting 2/9  0 schedules/s"));
      progress.begin();
      progress.schedules().add(1_000_000);
      assertTrue(progress.line("hunting", 2, 9, 100).matches("hunting 2/9  [0-9,]{5,} schedules/s"));
      assertEquals(10, progress.line("hunting", 2, 9, 10).length());
    }
  }

  @Test
  void aHuntsJsonHasTheTrace() {
    csq("hunt", "--format", "json", "update.broken");
    JsonObject trace = json().getAsJsonArray("scenarios").get(0).getAsJsonObject().getAsJsonObject("trace");
    assertEquals("counter", trace.getAsJsonArray("objects").get(0).getAsString());
    assertEquals(4, trace.getAsJsonArray("steps").size());
  }

  @Test
  void aResultIsWrittenInEveryFormat(@TempDir Path directory) throws IOException {
    for (String format : List.of("text", "json", "markdown", "html")) {
      assertEquals(0, csq("hunt", "update", "--format", format, "--output", directory.resolve("all") + "/"));
    }
    assertEquals("", out.toString());
    assertTrue(Files.readString(directory.resolve("all/update.broken.txt")).startsWith("VIOLATION  AssertionFailed"));
    assertTrue(Files.readString(directory.resolve("all/update.broken.json")).contains("\"counted to 1\""));
    assertTrue(Files.readString(directory.resolve("all/update.broken.md")).contains("```mermaid\nsequenceDiagram"));
    assertTrue(Files.readString(directory.resolve("all/update.broken.html")).contains("<table id=\"trace\">"));
    assertTrue(Files.readString(directory.resolve("all/update.fixed.html")).contains("verified"));
  }

  @Test
  void aReplayIsWrittenToAFile(@TempDir Path directory) throws IOException {
    csq("hunt", "--format", "json", "update.broken");
    String replay = json().getAsJsonArray("scenarios").get(0).getAsJsonObject().get("replay").getAsString();
    Path file = directory.resolve("new/page.html");
    assertEquals(0, csq("replay", replay, "--format", "html", "--output", file.toString()));
    assertTrue(Files.readString(file).contains("counted to 1"));
    assertTrue(err.toString().contains("csq: wrote " + file), err.toString());
  }

  @Test
  void aFileThatCannotBeWrittenIsSaidInOneLine(@TempDir Path directory) {
    csq("hunt", "update", "--output", directory.resolve("none").toString());
    assertEquals(2, csq("hunt", "update.fixed", "--output", directory.resolve("none/x").toString()));
    assertTrue(err.toString().contains("cannot write"), err.toString());
    assertFalse(err.toString().contains("Exception:"), err.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense", "update.broken:1:00000000:A2.B2", "gone:1:00000000:A2", "update.broken:9:00000000:A"
      })
  void aBadReplayStringIsBadUsageInOneLine(String string) {
    assertEquals(2, csq("replay", string));
    assertEquals(1, err.toString().lines().count(), err.toString());
    assertEquals("", out.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hunt --seconds 0", "hunt --strategy fast", "hunt --strategy pct:0", "hunt --jobs 0", "hunt --steps 0",
        "hunt --live --jobs 2", "hunt --live --seconds 0", "hunt --format xml", "hunt --format html",
        "hunt --nonsense", "replay", "jump"
      })
  void badOptionsAreBadUsage(String line) {
    assertEquals(2, csq(line.split(" ")));
    assertFalse(err.toString().contains("Exception"), err.toString());
    assertEquals("", out.toString());
  }

  private JsonObject json() {
    return JsonParser.parseString(out.toString()).getAsJsonObject();
  }
}
