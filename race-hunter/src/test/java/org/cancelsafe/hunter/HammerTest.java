package org.cancelsafe.hunter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KInterrupt;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.scenario.Scenario.Model;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What hammering finds: it takes a few milliseconds, and may take longer where the host is busy. */
@Timeout(120)
class HammerTest {
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final int ROUNDS = 500;
  private static final int MANY_STEPS = 300;

  private static Report hammer(Model model) {
    Hammer hammer = new Hammer(Scenario.named("test").model(model), 1);
    hammer.hammer(LONGEST);
    return hammer.report();
  }

  private static void assertNeverFinds(Model model) {
    Hammer hammer = new Hammer(Scenario.named("test").model(model), 1);
    hammer.hammer(ROUNDS);
    assertEquals(Verdict.CLEAN_WITHIN_BUDGET, hammer.report().verdict(), () -> ReportText.of(hammer.report()));
    assertEquals(ROUNDS, hammer.rounds());
  }

  private static void writeTwice(Machine machine, Runnable before, Runnable after) {
    Shared<Integer> shared = new Shared<>("shared", 0);
    for (String name : new String[] {"A", "B"}) {
      machine.startThread(
          name,
          () -> {
            before.run();
            shared.set(1);
            after.run();
          });
    }
  }

  @Test
  void aRaceThatChangesNothingIsADataRace() {
    Report report = hammer(machine -> writeTwice(machine, () -> {}, () -> {}));
    assertEquals("DataRace", report.rule());
  }

  @Test
  void underALockItIsNone() {
    assertNeverFinds(
        machine -> {
          KSpinLock lock = new KSpinLock("lock");
          writeTwice(machine, () -> lock.acquire(), () -> lock.release(Irql.PASSIVE_LEVEL));
        });
  }

  /** A has to stand still between its two writes while B takes more steps than a delay that counts them lasts. */
  private static void longBetweenTwoWrites(Machine machine) {
    InterlockedLong first = new InterlockedLong("first", 0);
    InterlockedLong second = new InterlockedLong("second", 0);
    machine.startThread(
        "A",
        () -> {
          first.write(1);
          second.write(1);
        });
    machine.startThread(
        "B",
        () -> {
          long seen = first.read();
          for (int i = 0; i < MANY_STEPS; i++) {
            second.read();
          }
          assertTrue(seen == 0 || second.read() == 1, "A stood still");
        });
  }

  @Test
  void aThreadIsHeldUntilTheOthersAreDone() {
    assertEquals("AssertionFailed", hammer(HammerTest::longBetweenTwoWrites).rule());
  }

  @Test
  void aDpcOfTheSetUpMeetsTheThreads() {
    Report report =
        hammer(
            machine -> {
              InterlockedLong threads = new InterlockedLong("threads", 0);
              new KDpc("dpc", (dpc, context, one, two) -> assertNotEquals(1, threads.read()), null)
                  .insertQueue(null, null);
              machine.startThread("A", threads::increment);
              machine.startThread("B", threads::increment);
            });
    assertEquals("AssertionFailed", report.rule());
  }

  private static Report onOneProcessor(Model model) {
    Hammer hammer = new Hammer(Scenario.named("test").processors(1).model(model), 1);
    hammer.hammer(LONGEST);
    return hammer.report();
  }

  /** Two threads of one processor meet only when one of them loses it between its read and its write. */
  @Test
  void aThreadIsPreempted() {
    Report report =
        onOneProcessor(
            machine -> {
              InterlockedLong count = new InterlockedLong("count", 0);
              for (String name : new String[] {"A", "B"}) {
                machine.startThread(name, () -> count.write(count.read() + 1));
              }
              machine.afterwards(() -> assertEquals(2, count.read()));
            });
    assertEquals("AssertionFailed", report.rule());
  }

  /** B has to come in the middle of A's only access, and the DPC that it queues runs there and then. */
  @Test
  void aThreadIsPreemptedBetweenItsSteps() {
    Report report =
        onOneProcessor(
            machine -> {
              Shared<Integer> shared = new Shared<>("shared", 0);
              KDpc dpc = new KDpc("dpc", (self, context, one, two) -> shared.set(1), null);
              machine.startThread("A", shared::get);
              machine.startThread("B", () -> dpc.insertQueue(null, null));
            });
    assertEquals("DataRace", report.rule());
  }

  @Test
  void anInterruptComesInTheMiddleOfAnAccess() {
    Report report =
        onOneProcessor(
            machine -> {
              Shared<Integer> shared = new Shared<>("shared", 0);
              KInterrupt interrupt =
                  KInterrupt.named("device")
                      .irql(Irql.DIRQL_5)
                      .serviceRoutine(
                          (self, context) -> {
                            shared.set(1);
                            return true;
                          },
                          null)
                      .build();
              IoManager.of(machine).connectInterrupt(interrupt);
              machine.startHardware("hardware", interrupt::assertInterrupt);
              machine.startThread("A", shared::get);
            });
    assertEquals("DataRace", report.rule());
  }

  /** With the IRQL raised nothing comes in the middle, and on one processor nobody is beside it. */
  @Test
  void aRaisedIrqlExcludesEverybodyOfTheProcessor() {
    Hammer hammer =
        new Hammer(
            Scenario.named("test")
                .processors(1)
                .model(
                    machine ->
                        writeTwice(
                            machine, () -> Ke.raiseIrqlToDpcLevel(), () -> Ke.lowerIrql(Irql.PASSIVE_LEVEL))),
            1);
    hammer.hammer(ROUNDS);
    assertEquals(Verdict.CLEAN_WITHIN_BUDGET, hammer.report().verdict(), () -> ReportText.of(hammer.report()));
  }

  /** A round ends all the same, and not before the ticks have done what somebody waits for. */
  @Test
  void aPeriodicTimerIsNeverCancelled() {
    Hammer hammer =
        new Hammer(
            Scenario.named("test")
                .model(
                    machine -> {
                      KEvent enough = new KEvent("enough", KEvent.Type.NOTIFICATION_EVENT, false);
                      InterlockedLong ticks = new InterlockedLong("ticks", 0);
                      KDpc tick =
                          new KDpc(
                              "tick",
                              (self, context, one, two) -> {
                                if (ticks.increment() == 10) {
                                  enough.set();
                                }
                              },
                              null);
                      new KTimer("timer").setEx(-1, 1, tick);
                      machine.startThread("A", enough::waitForSingleObject);
                    }),
            1);
    hammer.hammer(20);
    assertEquals(Verdict.CLEAN_WITHIN_BUDGET, hammer.report().verdict(), () -> ReportText.of(hammer.report()));
  }

  @Test
  void aSetUpThatWaitsForeverIsAMistakeInTheModel() {
    Report report =
        hammer(machine -> new KEvent("never", KEvent.Type.NOTIFICATION_EVENT, false).waitForSingleObject());
    assertEquals(Verdict.ERROR, report.verdict());
    assertEquals("SetUpFailed", report.rule());
  }
}
