package org.cancelsafe.hunter;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.explore.Finding;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Model;
import org.junit.jupiter.api.Test;

/** What a set-up does wrong is no race, and where nothing runs nothing is verified. */
class SetUpTest {
  private static Scenario scenario(Model model) {
    return Scenario.named("model").about("its set-up").model(model);
  }

  private static void rash(Machine machine) {
    throw new IllegalStateException("no device");
  }

  private static void assertIsError(Report report, String rule, String message) {
    Finding finding = requireNonNull(report.finding(), "nothing was found");
    assertEquals(Verdict.ERROR, report.verdict());
    assertEquals(rule, finding.rule());
    assertTrue(finding.message().startsWith(message), finding.message());
  }

  @Test
  void anExceptionIsAnError() {
    String message = "the set-up of model threw java.lang.IllegalStateException: no device";
    assertIsError(Hunter.explore(scenario(SetUpTest::rash)), "SetUpFailed", message);
    Hammer hammer = new Hammer(scenario(SetUpTest::rash), 1);
    hammer.hammer(1);
    assertIsError(hammer.report(), "SetUpFailed", message);
  }

  @Test
  void aRuleBrokenThereIsAViolation() {
    Scenario scenario =
        scenario(
            machine -> {
              KSpinLock lock = new KSpinLock("lock");
              lock.acquire();
              lock.acquire();
            });
    assertEquals(Verdict.RACE, Hunter.explore(scenario).verdict());
  }

  @Test
  void anAssertionThatFailsThereIsAViolation() {
    Report report = Hunter.explore(scenario(machine -> assertEquals(1, 2, "so early")));
    assertEquals(Verdict.RACE, report.verdict());
    assertEquals("AssertionFailed", report.rule());
  }

  @Test
  void whereNothingRunsNothingIsVerified() {
    assertIsError(
        Hunter.explore(scenario(machine -> machine.afterwards(() -> assertEquals(2, 1 + 1)))),
        "NothingStarted",
        "scenario model starts no activity, so there is nothing to hunt in: in its set-up, start what races");
  }

  @Test
  void aThreadAPieceOfHardwareOrADpcIsSomething() {
    for (Model model :
        new Model[] {
          machine -> machine.startThread("thread", () -> {}),
          machine -> machine.startHardware("device", () -> {}),
          machine -> new KDpc("dpc", (dpc, context, one, two) -> {}, null).insertQueue(null, null)
        }) {
      assertEquals(Verdict.VERIFIED, Hunter.explore(scenario(model)).verdict());
    }
  }

  @Test
  void aMessageOfSeveralLinesIsShownInSeveral() {
    Report report =
        Hunter.explore(
            scenario(machine -> machine.startThread("T", () -> assertEquals(1, 2, "one\n  two\n\nfour"))));
    String text = ReportText.of(report);
    assertTrue(
        text.startsWith(
            "VIOLATION  AssertionFailed  one\n             two\n\n           four ==> expected: <1> but was: <2>\n"),
        text);
  }
}
