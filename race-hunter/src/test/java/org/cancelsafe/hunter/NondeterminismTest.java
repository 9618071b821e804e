package org.cancelsafe.hunter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** Model code that does not depend on its machine alone is an error that says so, and no verdict. */
class NondeterminismTest {
  private static Report hunt(Consumer<Machine> model) {
    return Hunter.explore(Scenario.named("scenario").model(model::accept));
  }

  private static void assertError(String rule, String part, Report report) {
    assertEquals(Verdict.ERROR, report.verdict(), () -> ReportText.of(report));
    assertEquals(rule, report.rule(), () -> ReportText.of(report));
    assertTrue(report.finding().message().contains(part), () -> report.finding().message());
  }

  /** Two threads that each take two steps on x, so that there is something to run again. */
  private static void twoThreads(Machine machine, Runnable between) {
    InterlockedLong x = new InterlockedLong("x", 0);
    for (int i = 0; i < 2; i++) {
      machine.startThread(
          "T" + i,
          () -> {
            x.increment();
            between.run();
            x.increment();
          });
    }
  }

  @Test
  void anotherObject() {
    AtomicInteger clock = new AtomicInteger();
    Report report =
        hunt(
            machine -> {
              InterlockedLong even = new InterlockedLong("even", 0);
              InterlockedLong odd = new InterlockedLong("odd", 0);
              twoThreads(machine, () -> (clock.getAndIncrement() % 3 == 0 ? even : odd).increment());
            });
    assertError("Nondeterminism", " came to InterlockedIncrement(", report);
    assertError("Nondeterminism", " comes to InterlockedIncrement(", report);
    assertError("Nondeterminism", ", at NondeterminismTest.java:", report);
  }

  @Test
  void anotherKindOfStep() {
    AtomicInteger clock = new AtomicInteger();
    Report report =
        hunt(
            machine -> {
              InterlockedLong y = new InterlockedLong("y", 0);
              twoThreads(
                  machine,
                  () -> {
                    if (clock.getAndIncrement() % 3 == 0) {
                      y.increment();
                    } else {
                      y.read();
                    }
                  });
            });
    assertError("Nondeterminism", " came to InterlockedIncrement(y) after the first step, ", report);
    assertError("Nondeterminism", " comes to read y when it is run again", report);
  }

  @Test
  void someoneElseCanGoOn() {
    AtomicInteger runs = new AtomicInteger();
    Report report =
        hunt(
            machine -> {
              twoThreads(machine, () -> {});
              if (runs.incrementAndGet() > 4) {
                machine.startThread("late", () -> new InterlockedLong("z", 0).increment());
              }
            });
    assertError("Nondeterminism", "late comes to InterlockedIncrement(z)", report);
  }

  /** Where it ends depends on which run it happens in; in some it is a step that an earlier run has taken. */
  @Test
  void aRunThatEndsBefore() {
    boolean named = false;
    for (int ending = 2; ending <= 8; ending++) {
      Report report = oneRunFails(ending);
      assertError("Nondeterminism", "not deterministic", report);
      named |= report.finding().message().contains("the run ended before, with time is over");
    }
    assertTrue(named);
  }

  private static Report oneRunFails(int number) {
    AtomicInteger runs = new AtomicInteger();
    return hunt(
        machine -> {
          boolean fails = runs.incrementAndGet() == number;
          twoThreads(
              machine,
              () -> {
                if (fails) {
                  throw new IllegalStateException("time is over");
                }
              });
        });
  }

  @Test
  void theOrderOfIdentityHashes() {
    Report report =
        hunt(
            machine -> {
              Set<KSpinLock> locks = new HashSet<>();
              for (int i = 0; i < 6; i++) {
                locks.add(new KSpinLock("lock " + i));
              }
              List<KSpinLock> inOrder = new ArrayList<>(locks);
              twoThreads(machine, () -> inOrder.forEach(NondeterminismTest::takeAndGive));
            });
    assertError("Nondeterminism", "KeAcquireSpinLock(lock ", report);
  }

  private static void takeAndGive(KSpinLock lock) {
    Irql old = lock.acquire();
    lock.release(old);
  }

  @Test
  void chance() {
    Report report =
        hunt(
            machine -> {
              InterlockedLong heads = new InterlockedLong("heads", 0);
              InterlockedLong tails = new InterlockedLong("tails", 0);
              twoThreads(machine, () -> (ThreadLocalRandom.current().nextBoolean() ? heads : tails).increment());
              twoThreads(machine, () -> (ThreadLocalRandom.current().nextBoolean() ? heads : tails).increment());
            });
    assertError("Nondeterminism", ", at NondeterminismTest.java:", report);
  }

  /** Its lock may be held at the end of a run, and what was published with it is not undone. */
  @Test
  void whatAnEarlierRunHasUsed() {
    KSpinLock lock = new KSpinLock("kept");
    Report report = hunt(machine -> twoThreads(machine, () -> takeAndGive(lock)));
    assertError("Nondeterminism", "T0 uses kept, which an earlier run has used too, at NondeterminismTest.", report);
    Shared<Integer> variable = new Shared<>("variable", 0);
    report = hunt(machine -> machine.startThread("Reader", variable::get));
    assertError("Nondeterminism", "Reader uses variable, which an earlier run has used too", report);
  }

  @Test
  void aThreadThatIsNoneOfTheMachine() {
    Report report =
        hunt(
            machine -> {
              InterlockedLong x = new InterlockedLong("x", 0);
              twoThreads(machine, () -> CompletableFuture.runAsync(() -> x.increment()).join());
            });
    assertEquals(Verdict.ERROR, report.verdict(), () -> ReportText.of(report));
    assertEquals("OwnThread", report.rule(), () -> ReportText.of(report));
  }

  /** What a model does with the exception does not matter. */
  @Test
  void aThreadThatIsNotMissed() {
    Report report =
        hunt(
            machine ->
                twoThreads(
                    machine,
                    () -> {
                      try {
                        new Thread(() -> {}).start();
                      } catch (IllegalStateException e) {
                        // it does without
                      }
                    }));
    assertError("OwnThread", "T0 makes a JVM thread of its own, at NondeterminismTest.java:", report);
  }

  @Test
  void aThreadOfItsOwn() {
    assertError("OwnThread", "boot makes a JVM thread", hunt(machine -> new Thread(() -> {}).start()));
    assertError("OwnThread", "T0 makes a JVM thread", hunt(machine -> twoThreads(machine, () -> new Thread(() -> {}))));
    assertError(
        "OwnThread",
        "Machine.startThread",
        hunt(
            machine ->
                twoThreads(
                    machine, () -> CompletableFuture.runAsync(() -> {}, Executors.newSingleThreadExecutor()).join())));
  }
}
