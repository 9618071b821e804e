package org.cancelsafe.emu.ke;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.LiveRun.toRest;
import static org.cancelsafe.emu.machine.Irql.DIRQL_3;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;
import static org.cancelsafe.emu.machine.Irql.PASSIVE_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Processor;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class KDpcTest {
  private final List<Object> ran = new ArrayList<>();

  private KDpc noting() {
    return new KDpc("D", (dpc, context, one, two) -> ran.add(List.of(context, one, two, Ke.getCurrentIrql())), "ctx");
  }

  @Test
  @Statement(188)
  void runsAtOnceWhenQueuedBelowDispatchLevel() {
    onMachine(
        machine -> {
          assertTrue(noting().insertQueue("a", "b"));
          assertEquals(List.of(List.of("ctx", "a", "b", DISPATCH_LEVEL)), ran);
          assertEquals(PASSIVE_LEVEL, Ke.getCurrentIrql());
        });
  }

  @Test
  @Statement(188)
  void runsOnlyWhenTheIrqlDropsBelowDispatchLevel() {
    onProcessors(
        2,
        machine -> {
          KDpc dpc = noting();
          Irql old = Ke.raiseIrqlToDpcLevel();
          Ke.raiseIrql(DIRQL_3);
          dpc.insertQueue("a", "b");
          Ke.lowerIrql(DISPATCH_LEVEL);
          assertEquals(List.of(), ran);
          assertEquals("queued", dpc.snapshot());
          Ke.lowerIrql(old);
          assertEquals(1, ran.size());
          assertEquals("-", dpc.snapshot());
        });
  }

  @Test
  @Statement(188)
  void runsWhenASpinLockIsGivenBack() {
    onMachine(
        machine -> {
          KSpinLock lock = new KSpinLock("L");
          Irql old = lock.acquire();
          noting().insertQueue("a", "b");
          assertEquals(List.of(), ran);
          lock.release(old);
          assertEquals(1, ran.size());
        });
  }

  @Test
  @Statement({185, 186, 187})
  void isQueuedOnceWithItsFirstArguments() {
    onMachine(
        machine -> {
          KDpc dpc = noting();
          Irql old = Ke.raiseIrqlToDpcLevel();
          assertTrue(dpc.insertQueue("a", "b"));
          assertFalse(dpc.insertQueue("c", "d"));
          assertFalse(dpc.insertQueue("e", "f"));
          Ke.lowerIrql(old);
          assertEquals(List.of(List.of("ctx", "a", "b", DISPATCH_LEVEL)), ran);
        });
  }

  @Test
  @Statement(189)
  void runsOnTheProcessorThatQueuedIt() {
    onProcessors(
        4,
        machine -> {
          Processor[] on = new Processor[1];
          Irql old = Ke.raiseIrqlToDpcLevel();
          Processor mine = Activity.current().processor();
          new KDpc("D", (dpc, context, one, two) -> on[0] = Activity.current().processor(), null)
              .insertQueue(null, null);
          Ke.lowerIrql(old);
          assertSame(mine, on[0]);
        });
  }

  @Test
  void severalRunInTheOrderOfTheirQueue() {
    onMachine(
        machine -> {
          Irql old = Ke.raiseIrqlToDpcLevel();
          for (String name : List.of("one", "two", "three")) {
            new KDpc(name, (dpc, context, one, two) -> ran.add(dpc.name()), null).insertQueue(null, null);
          }
          Ke.lowerIrql(old);
          assertEquals(List.of("one", "two", "three"), ran);
        });
  }

  @Test
  void mayQueueItselfAgainWhileItRuns() {
    onMachine(
        machine -> {
          KDpc dpc =
              new KDpc(
                  "D",
                  (self, context, one, two) -> {
                    ran.add(one);
                    if (ran.size() < 3) {
                      assertTrue(self.insertQueue(ran.size(), null));
                    }
                  },
                  null);
          dpc.insertQueue(0, null);
          assertEquals(List.of(0, 1, 2), ran);
        });
  }

  @Test
  @Statement(196)
  void aRemovedOneDoesNotRun() {
    onMachine(
        machine -> {
          KDpc dpc = noting();
          Irql old = Ke.raiseIrqlToDpcLevel();
          dpc.insertQueue("a", "b");
          assertTrue(dpc.removeQueue());
          Ke.lowerIrql(old);
          assertEquals(List.of(), ran);
        });
  }

  @Test
  void aRemovedOneThatIsQueuedAgainRunsOnce() {
    onMachine(
        machine -> {
          KDpc dpc = noting();
          Irql old = Ke.raiseIrqlToDpcLevel();
          dpc.insertQueue("a", "b");
          dpc.removeQueue();
          assertTrue(dpc.insertQueue("c", "d"));
          Ke.lowerIrql(old);
          assertEquals(List.of(List.of("ctx", "c", "d", DISPATCH_LEVEL)), ran);
        });
  }

  @Test
  @Statement(197)
  void removingWhatIsNotQueued() {
    onMachine(
        machine -> {
          KDpc dpc = noting();
          assertFalse(dpc.removeQueue());
          dpc.insertQueue("a", "b");
          assertFalse(dpc.removeQueue());
        });
  }

  @Test
  @Statement(200)
  void mayNotWait() {
    BugCheck stop =
        stopsWith(
            Rule.SWITCH_FROM_DPC,
            machine ->
                new KDpc(
                        "D",
                        (dpc, context, one, two) ->
                            new KEvent("E", KEvent.Type.NOTIFICATION_EVENT, true).waitForSingleObject(),
                        null)
                    .insertQueue(null, null));
    assertEquals(0xB8, stop.code().code());
    assertEquals("D waits for E", stop.explanation());
  }

  @Test
  void mayTestAnEvent() {
    onMachine(
        machine ->
            new KDpc(
                    "D",
                    (dpc, context, one, two) ->
                        assertTrue(new KEvent("E", KEvent.Type.NOTIFICATION_EVENT, true).waitForSingleObject(0)),
                    null)
                .insertQueue(null, null));
  }

  @Test
  void mayNotLowerTheIrql() {
    BugCheck stop =
        stopsWith(
            Rule.IRQL_UNEXPECTED_VALUE,
            machine ->
                new KDpc("D", (dpc, context, one, two) -> Ke.lowerIrql(PASSIVE_LEVEL), null).insertQueue(null, null));
    assertEquals(List.of(0x0200), stop.parameters());
  }

  @Test
  void mayNotKeepALock() {
    stopsWith(
        Rule.THREAD_ENDED_HOLDING_LOCK,
        machine ->
            new KDpc("D", (dpc, context, one, two) -> new KSpinLock("L").acquireAtDpcLevel(), null)
                .insertQueue(null, null));
  }

  @Test
  void runsWhenItsProcessorIsIdle() {
    AtomicInteger count = new AtomicInteger();
    try (Machine machine = Machine.live().processors(1).build()) {
      KDpc dpc = new KDpc("D", (self, context, one, two) -> count.incrementAndGet(), null);
      machine.run(() -> new KTimer("T").set(0, dpc));
      toRest(machine);
      assertEquals(1, count.get());
    }
  }

  @Test
  void doesNotRunAfterABugCheck() {
    AtomicInteger count = new AtomicInteger();
    stopsWith(
        Rule.SPIN_LOCK_RECURSION,
        machine -> {
          KSpinLock lock = new KSpinLock("L");
          lock.acquire();
          new KDpc("D", (self, context, one, two) -> count.incrementAndGet(), null).insertQueue(null, null);
          lock.acquire();
        });
    assertEquals(0, count.get());
  }

  @Test
  void sharesASpinLockWithThreads() {
    int rounds = 2_000;
    int[] counter = new int[1];
    onProcessors(
        2,
        machine -> {
          KSpinLock lock = new KSpinLock("L");
          for (int i = 0; i < 2; i++) {
            KDpc dpc = new KDpc("D" + i, (self, context, one, two) -> countAtDpcLevel(lock, counter), null);
            machine.startThread(
                "T" + i,
                () -> {
                  for (int round = 0; round < rounds; round++) {
                    Irql old = lock.acquire();
                    counter[0]++;
                    dpc.insertQueue(null, null);
                    lock.release(old);
                  }
                });
          }
        });
    assertEquals(4 * rounds, counter[0]);
  }

  private static void countAtDpcLevel(KSpinLock lock, int[] counter) {
    lock.acquireAtDpcLevel();
    counter[0]++;
    lock.releaseFromDpcLevel();
  }

  @Test
  void hasARoutine() {
    assertThrows(NullPointerException.class, () -> new KDpc("D", null, null));
  }

  /** A thread that keeps a processor at DISPATCH_LEVEL until it is told; returns the processor. */
  private static int keepBusy(Machine machine, AtomicBoolean until) {
    AtomicInteger on = new AtomicInteger(-1);
    machine.startThread(
        "busy",
        () -> {
          Irql old = Ke.raiseIrqlToDpcLevel();
          on.set(Activity.current().processor().number());
          while (!until.get()) {
            Thread.onSpinWait();
          }
          Ke.lowerIrql(old);
        });
    while (on.get() < 0) {
      Thread.onSpinWait();
    }
    return on.get();
  }

  @Test
  @Statement(199)
  void flushWaitsForThoseQueuedBeforeOnly() {
    onProcessors(
        3,
        machine -> {
          AtomicBoolean firstMayRun = new AtomicBoolean();
          AtomicBoolean secondMayRun = new AtomicBoolean();
          AtomicInteger runs = new AtomicInteger();
          KDpc second = new KDpc("second", (self, context, one, two) -> runs.addAndGet(10), null);
          second.setTargetProcessor(keepBusy(machine, secondMayRun));
          KDpc first =
              new KDpc(
                  "first",
                  (self, context, one, two) -> {
                    assertTrue(second.insertQueue(null, null));
                    runs.incrementAndGet();
                  },
                  null);
          first.setImportance(KDpc.Importance.MEDIUM_HIGH_IMPORTANCE);
          first.setTargetProcessor(keepBusy(machine, firstMayRun));
          first.insertQueue(null, null);
          assertEquals(0, runs.get());
          new KTimer("T").set(100_000, new KDpc("D", (self, context, one, two) -> firstMayRun.set(true), null));
          Ke.flushQueuedDpcs();
          assertEquals(1, runs.get());
          assertTrue(second.removeQueue());
          secondMayRun.set(true);
        });
  }

  @Test
  @Statement(198)
  void flushIsForPassiveLevel() {
    BugCheck stop =
        stopsWith(
            Rule.FLUSH_DPCS_ABOVE_PASSIVE,
            machine -> {
              Ke.raiseIrql(Irql.APC_LEVEL);
              Ke.flushQueuedDpcs();
            });
    assertEquals(0xA, stop.code().code());
  }

  @Test
  @Statement(202)
  void isNotFreedWhileItIsQueued() {
    onMachine(
        machine -> {
          KDpc dpc = noting();
          dpc.insertQueue("a", "b");
          dpc.free();
        });
    BugCheck stop =
        stopsWith(
            Rule.DPC_FREED_WHILE_QUEUED,
            machine -> {
              KDpc dpc = noting();
              Ke.raiseIrqlToDpcLevel();
              dpc.insertQueue("a", "b");
              dpc.free();
            });
    assertEquals(List.of(1), stop.parameters().subList(0, 1));
    assertEquals(0xC7, stop.code().code());
  }

  @Test
  void aThreadedOneRunsAtPassiveLevelAndMayNotWait() {
    onMachine(
        machine -> {
          KDpc dpc = KDpc.threaded("D", (self, context, one, two) -> ran.add(Ke.getCurrentIrql()), null);
          assertTrue(dpc.insertQueue(null, null));
          Ke.flushQueuedDpcs();
          assertEquals(List.of(PASSIVE_LEVEL), ran);
        });
    stopsWith(
        Rule.SWITCH_FROM_DPC,
        machine ->
            KDpc.threaded(
                    "D",
                    (self, context, one, two) ->
                        new KEvent("E", KEvent.Type.NOTIFICATION_EVENT, true).waitForSingleObject(),
                    null)
                .insertQueue(null, null));
  }

  @Test
  @Statement(203)
  void theWatchdogBitesAfterALongDpc() {
    BugCheck stop =
        stopsWith(
            Rule.DPC_TOO_LONG,
            Machine.live().dpcWatchdog(Duration.ofMillis(2), Duration.ofDays(1)),
            machine ->
                new KDpc("slow", (self, context, one, two) -> Ke.stallExecutionProcessor(5_000), null)
                    .insertQueue(null, null));
    assertEquals(0x133, stop.code().code());
    assertEquals(0, stop.parameters().get(0));
    assertTrue((int) stop.parameters().get(1) >= 5, stop.getMessage());
    assertEquals(2, stop.parameters().get(2));
  }

  @Test
  @Statement(204)
  void theWatchdogBitesAfterALongTimeAtDispatchLevel() {
    BugCheck stop =
        stopsWith(
            Rule.TOO_LONG_AT_DISPATCH,
            Machine.live().dpcWatchdog(Duration.ofDays(1), Duration.ofMillis(2)),
            machine -> {
              Irql old = Ke.raiseIrqlToDpcLevel();
              Ke.stallExecutionProcessor(5_000);
              Ke.lowerIrql(old);
            });
    assertEquals(List.of(1, 2), stop.parameters());
  }
}
