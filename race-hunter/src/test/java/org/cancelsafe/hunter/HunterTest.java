package org.cancelsafe.hunter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** What is found, and what is not. */
class HunterTest {
  private static Scenario scenario(Consumer<Machine> model) {
    return Scenario.named("scenario").model(model::accept);
  }

  private static Scenario lostUpdate() {
    return scenario(
        machine -> {
          InterlockedLong counter = new InterlockedLong("counter", 0);
          Runnable add = () -> counter.write(counter.read() + 1);
          machine.startThread("A", add);
          machine.startThread("B", add);
          machine.afterwards(
              () -> {
                if (counter.read() != 2) {
                  throw new AssertionError("counted to " + counter.read());
                }
              });
        });
  }

  private static Scenario lockedUpdate() {
    return scenario(
        machine -> {
          KSpinLock lock = new KSpinLock("lock");
          Shared<Integer> counter = new Shared<>("counter", 0);
          Runnable add =
              () -> {
                Irql old = lock.acquire();
                counter.set(counter.get() + 1);
                lock.release(old);
              };
          machine.startThread("A", add);
          machine.startThread("B", add);
          machine.afterwards(() -> assertEquals(2, counter.get()));
        });
  }

  private static Scenario lockOrder(boolean reversed) {
    return scenario(
        machine -> {
          KSpinLock one = new KSpinLock("one");
          KSpinLock two = new KSpinLock("two");
          machine.startThread("A", () -> takeBoth(one, two));
          machine.startThread("B", () -> takeBoth(reversed ? two : one, reversed ? one : two));
        });
  }

  private static void takeBoth(KSpinLock outer, KSpinLock inner) {
    Irql old = outer.acquire();
    inner.acquireAtDpcLevel();
    inner.releaseFromDpcLevel();
    outer.release(old);
  }

  @Test
  void aLostUpdateIsFoundWithOnePreemption() {
    Report report = Hunter.explore(lostUpdate());
    assertEquals(Verdict.RACE, report.verdict());
    assertEquals("AssertionFailed", report.rule());
    Report.Counterexample counterexample = report.counterexample();
    assertNotNull(counterexample);
    assertEquals(1, counterexample.preemptions());
    assertEquals(4, counterexample.replay().schedule().length);
  }

  @Test
  void aLockedUpdateIsVerified() {
    Report report = Hunter.explore(lockedUpdate());
    assertEquals(Verdict.VERIFIED, report.verdict());
    assertNull(report.counterexample());
    assertNull(report.finding());
  }

  @Test
  void anUnorderedAccessIsADataRaceEvenIfNothingGoesWrong() {
    Report report =
        Hunter.explore(
            scenario(
                machine -> {
                  Shared<Integer> variable = new Shared<>("variable", 0);
                  machine.startThread("A", () -> variable.set(1));
                  machine.startThread("B", variable::get);
                }));
    assertEquals("DataRace", report.rule());
    assertNotNull(report.counterexample());
    assertEquals(2, report.counterexample().trace().sites().size());
    assertTrue(report.counterexample().trace().sites().get(0).contains("HunterTest.java:"));
  }

  @Test
  void anEventOrdersPlainAccesses() {
    Report report =
        Hunter.explore(
            scenario(
                machine -> {
                  Shared<Integer> variable = new Shared<>("variable", 0);
                  KEvent ready = new KEvent("ready", KEvent.Type.NOTIFICATION_EVENT, false);
                  machine.startThread(
                      "A",
                      () -> {
                        variable.set(1);
                        ready.set();
                      });
                  machine.startThread(
                      "B",
                      () -> {
                        ready.waitForSingleObject();
                        assertEquals(1, variable.get());
                      });
                }));
    assertEquals(Verdict.VERIFIED, report.verdict());
  }

  @Test
  void locksTakenInOppositeOrderDeadlock() {
    Report report = Hunter.explore(lockOrder(true));
    assertEquals("Deadlock", report.rule());
    assertNotNull(report.counterexample());
    assertEquals(1, report.counterexample().preemptions());
    String sites = String.join("\n", report.counterexample().trace().sites());
    assertTrue(sites.contains("A waits for two held by B at HunterTest.java:"), sites);
    assertTrue(sites.contains("B waits for one held by A at HunterTest.java:"), sites);
  }

  @Test
  void locksTakenInOneOrderDoNot() {
    assertEquals(Verdict.VERIFIED, Hunter.explore(lockOrder(false)).verdict());
  }

  @Test
  void aThreadThatWaitsForEverIsADeadlockUnlessItIsInTheBackground() {
    Scenario waits =
        scenario(
            machine -> {
              KEvent never = new KEvent("never", KEvent.Type.NOTIFICATION_EVENT, false);
              machine.startThread("A", never::waitForSingleObject);
            });
    Scenario background =
        scenario(
            machine -> {
              KEvent never = new KEvent("never", KEvent.Type.NOTIFICATION_EVENT, false);
              machine.startThread("A", never::waitForSingleObject).background();
            });
    assertEquals("Deadlock", Hunter.explore(waits).rule());
    assertEquals(Verdict.VERIFIED, Hunter.explore(background).verdict());
  }

  @Test
  void goingRoundInCirclesIsNoProgress() {
    Report report =
        Hunter.explore(
            scenario(
                machine -> {
                  InterlockedLong flag = new InterlockedLong("flag", 0);
                  machine.startThread(
                      "A",
                      () -> {
                        while (flag.read() == 0) {
                          continue;
                        }
                      });
                }));
    assertEquals("NoProgress", report.rule());
  }

  private static Scenario pollsForAFlag(boolean isSet) {
    return scenario(
        machine -> {
          InterlockedLong flag = new InterlockedLong("flag", 0);
          machine.startThread(
              "A",
              () -> {
                while (flag.read() == 0) {
                  continue;
                }
              });
          machine.startThread("B", () -> flag.write(isSet ? 1 : 0));
        });
  }

  @Test
  void pollingForWhatAnotherDoesIsNoRaceAndNotVerifiedEither() {
    Report report = Hunter.explore(pollsForAFlag(true), new Budget(Duration.ofSeconds(20), 2_000));
    assertEquals(Verdict.CLEAN_WITHIN_BUDGET, report.verdict());
  }

  @Test
  void pollingForWhatNobodyDoesIsNoProgress() {
    assertEquals("NoProgress", Hunter.explore(pollsForAFlag(false)).rule());
  }

  @Test
  void anExceptionIsAFinding() {
    Report report =
        Hunter.explore(
            scenario(
                machine ->
                    machine.startThread(
                        "A",
                        () -> {
                          throw new IllegalStateException("oops");
                        })));
    assertEquals("UnhandledException", report.rule());
    assertTrue(report.finding() != null && report.finding().message().contains("oops"));
  }

  @Test
  void aScenarioThatRemembersIsAnErrorAndNoRace() {
    AtomicInteger runs = new AtomicInteger();
    Report report =
        Hunter.explore(
            scenario(
                machine -> {
                  InterlockedLong variable = new InterlockedLong("variable", 0);
                  machine.startThread("A", () -> variable.write(1));
                  machine.startThread("B", () -> variable.write(2));
                  boolean third = runs.incrementAndGet() == 3;
                  machine.afterwards(
                      () -> {
                        if (third) {
                          throw new AssertionError("only once");
                        }
                      });
                }));
    assertEquals(Verdict.ERROR, report.verdict());
    assertTrue(report.finding() != null && report.finding().message().contains("not deterministic"));
  }

  @Test
  void aStepInsideSynchronizedIsAnErrorAndNamed() {
    Report report =
        Hunter.explore(
            scenario(
                machine -> {
                  Object monitor = new Object();
                  InterlockedLong variable = new InterlockedLong("variable", 0);
                  Runnable add =
                      () -> {
                        synchronized (monitor) {
                          variable.write(variable.read() + 1);
                        }
                      };
                  machine.startThread("A", add);
                  machine.startThread("B", add);
                }));
    assertEquals(Verdict.ERROR, report.verdict());
    assertEquals("JvmMonitorHeld", report.rule());
    assertTrue(report.finding() != null && report.finding().message().contains("HunterTest.java:"));
  }

  @Test
  void aCounterexampleIsReplayed() {
    Report found = Hunter.explore(lostUpdate());
    assertNotNull(found.counterexample());
    ReplayString replay = ReplayString.parse(found.counterexample().replay().toString());
    Report again = Hunter.replay(lostUpdate(), replay);
    assertEquals("AssertionFailed", again.rule());
    assertNotNull(again.counterexample());
    assertEquals(found.counterexample().trace(), again.counterexample().trace());
  }

  @Test
  void aReplayForAnotherVersionIsRefused() {
    Report found = Hunter.explore(lostUpdate());
    assertNotNull(found.counterexample());
    ReplayString replay = found.counterexample().replay();
    var changed = assertThrows(ReplayString.Malformed.class, () -> Hunter.replay(lockedUpdate(), replay));
    assertTrue(changed.getMessage().contains("another version"), changed.getMessage());
    Scenario renamed = Scenario.named("renamed").model(lostUpdate().model());
    assertThrows(ReplayString.Malformed.class, () -> Hunter.replay(renamed, replay));
  }

  @Test
  void aReplayThatDoesNotFitIsRefused() {
    Report found = Hunter.explore(lostUpdate());
    assertNotNull(found.counterexample());
    int fingerprint = found.counterexample().replay().fingerprint();
    for (int[] schedule : new int[][] {{0, 0, 0}, {5}, {0, 0, 1, 1, 1}}) {
      ReplayString replay = new ReplayString("scenario", fingerprint, schedule);
      var problem = assertThrows(ReplayString.Malformed.class, () -> Hunter.replay(lostUpdate(), replay));
      assertTrue(problem.getMessage().contains("does not fit"), problem.getMessage());
    }
  }

  @Test
  void aSmallBudgetEndsTheHunt() {
    Scenario large =
        scenario(
            machine -> {
              InterlockedLong variable = new InterlockedLong("variable", 0);
              for (int i = 0; i < 6; i++) {
                machine.startThread(
                    "T" + i,
                    () -> {
                      for (int k = 0; k < 10; k++) {
                        variable.increment();
                      }
                    });
              }
            });
    Report report = Hunter.explore(large, new Budget(Duration.ofSeconds(60), 500));
    assertEquals(Verdict.CLEAN_WITHIN_BUDGET, report.verdict());
    assertTrue(report.schedules() >= 500 && report.schedules() < 600, "schedules " + report.schedules());
  }

  @Test
  void hammeringFindsALostUpdate() {
    Hammer hammer = new Hammer(lostUpdate(), 1);
    hammer.hammer(Duration.ofSeconds(20));
    assertEquals("AssertionFailed", hammer.report().rule());
  }

  @Test
  void hammeringFindsADeadlock() {
    Hammer hammer = new Hammer(lockOrder(true), 1);
    hammer.hammer(Duration.ofSeconds(20));
    assertEquals("Deadlock", hammer.report().rule());
  }

  @Test
  void hammeringLeavesACorrectScenarioAlone() {
    Hammer hammer = new Hammer(lockedUpdate(), 1);
    while (hammer.rounds() < 10 && !hammer.hasFound()) {
      hammer.hammer(Duration.ofMillis(200));
    }
    assertEquals(Verdict.CLEAN_WITHIN_BUDGET, hammer.report().verdict());
  }
}
