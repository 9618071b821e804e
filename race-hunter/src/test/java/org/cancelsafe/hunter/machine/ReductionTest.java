package org.cancelsafe.hunter.machine;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.cancelsafe.emu.ex.ExSpinLock;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverDispatch;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.IoStatusBlock;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KInterrupt;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.ke.WaitType;
import org.cancelsafe.emu.machine.Carrier;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.coroutine.Switchers;
import org.cancelsafe.hunter.explore.Explorer;
import org.cancelsafe.hunter.explore.RunResult;
import org.cancelsafe.hunter.scenario.Scenario;
import org.cancelsafe.hunter.strategy.DepthFirst;
import org.cancelsafe.hunter.strategy.SourceDpor;
import org.cancelsafe.hunter.strategy.Strategy;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Source-DPOR leaves out schedules, but no outcome: brute force, with processors, timers and DPCs, shows no other. */
class ReductionTest {
  /** What everybody did, in the order in which they did it. */
  private static final class Log {
    private final InterlockedLong turn = new InterlockedLong("turn", 0);
    private final StringBuilder digits = new StringBuilder();

    void add(int digit) {
      turn.increment();
      digits.append(digit);
    }

    @Override
    public String toString() {
      return digits.toString();
    }
  }

  static Stream<Arguments> models() {
    return Stream.of(1, 2, 3)
        .flatMap(
            processors ->
                Stream.of(
                    model(processors, "two threads queue", ReductionTest::twoThreadsQueue),
                    model(processors, "timer against a thread", ReductionTest::timerAgainstAThread),
                    model(processors, "two timers", ReductionTest::twoTimers),
                    model(processors, "raised against queued", ReductionTest::raisedAgainstQueued),
                    model(processors, "two locks", ReductionTest::twoLocks),
                    model(processors, "two raised", ReductionTest::twoRaised),
                    model(processors, "whichever comes first", ReductionTest::whicheverComesFirst),
                    model(processors, "flushed or not yet queued", ReductionTest::flushedOrNotYetQueued),
                    model(processors, "cancelled at exit or not", ReductionTest::cancelledAtExitOrNot),
                    model(processors, "reader and writer", ReductionTest::readerAndWriter),
                    model(processors, "timer or event", ReductionTest::timerOrEvent),
                    model(processors, "two interrupts", ReductionTest::twoInterrupts),
                    model(processors, "interrupt against a thread", ReductionTest::interruptAgainstAThread)));
  }

  private static Arguments model(int processors, String name, BiConsumer<Machine, Log> model) {
    return Arguments.of(processors, name, model);
  }

  private static KDpc dpc(Log log, int digit) {
    return new KDpc("Dpc" + digit, (self, context, one, two) -> log.add(digit), null);
  }

  private static void twoThreadsQueue(Machine machine, Log log) {
    KDpc first = dpc(log, 1);
    KDpc second = dpc(log, 2);
    InterlockedLong queued = new InterlockedLong("queued", 0);
    machine.startThread(
        "A",
        () -> {
          first.insertQueue(null, null);
          queued.write(1);
        });
    machine.startThread(
        "B",
        () -> {
          second.insertQueue(null, null);
          log.add(queued.read() == 1 ? 3 : 4);
        });
  }

  private static void timerAgainstAThread(Machine machine, Log log) {
    KTimer timer = new KTimer("Timer");
    timer.set(10, dpc(log, 1));
    machine.startThread(
        "A",
        () -> {
          Irql old = Ke.raiseIrqlToDpcLevel();
          log.add(2);
          Ke.lowerIrql(old);
          log.add(timer.cancel() ? 3 : 4);
        });
  }

  private static void twoTimers(Machine machine, Log log) {
    new KTimer("Timer1").set(10, dpc(log, 1));
    new KTimer("Timer2").set(10, dpc(log, 2));
    machine.startThread("A", () -> log.add(3));
  }

  private static void raisedAgainstQueued(Machine machine, Log log) {
    KDpc dpc = dpc(log, 1);
    machine.startThread(
        "A",
        () -> {
          Irql old = Ke.raiseIrqlToDpcLevel();
          dpc.insertQueue(null, null);
          log.add(2);
          Ke.lowerIrql(old);
        });
    machine.startThread("B", () -> log.add(3));
  }

  private static void twoLocks(Machine machine, Log log) {
    for (int digit = 1; digit <= 2; digit++) {
      KSpinLock lock = new KSpinLock("lock" + digit);
      InterlockedLong inside = new InterlockedLong("inside" + digit, 0);
      int name = digit;
      machine.startThread(
          "Thread" + digit,
          () -> {
            Irql old = lock.acquire();
            inside.increment();
            lock.release(old);
            log.add(name);
          });
    }
  }

  /** Nothing but the processor keeps the one from coming before the other. */
  private static void twoRaised(Machine machine, Log log) {
    for (int digit = 1; digit <= 2; digit++) {
      int name = digit;
      machine.startThread(
          "Thread" + digit,
          () -> {
            Irql old = Ke.raiseIrqlToDpcLevel();
            log.add(name);
            Ke.lowerIrql(old);
          });
    }
  }

  private static void whicheverComesFirst(Machine machine, Log log) {
    KEvent first = new KEvent("first", KEvent.Type.SYNCHRONIZATION_EVENT, false);
    KEvent second = new KEvent("second", KEvent.Type.SYNCHRONIZATION_EVENT, false);
    machine.startThread(
        "Waiter", () -> log.add(Ke.waitForMultipleObjects(List.of(first, second), WaitType.WAIT_ANY).code()));
    machine.startThread("First", first::set);
    machine.startThread("Second", second::set);
  }

  /** Which DPCs a flush waits for is known when it begins, and not before. */
  private static void flushedOrNotYetQueued(Machine machine, Log log) {
    KDpc dpc = dpc(log, 1);
    machine.startThread("Queuer", () -> dpc.insertQueue(null, null));
    machine.startThread(
        "Flusher",
        () -> {
          new InterlockedLong("own", 0).increment();
          Ke.flushQueuedDpcs();
          log.add(2);
        });
  }

  /** Which IRPs a thread cancels when it exits is known then, and not when it did the last thing before. */
  private static void cancelledAtExitOrNot(Machine machine, Log log) {
    KEvent sent = new KEvent("sent", KEvent.Type.SYNCHRONIZATION_EVENT, false);
    KEvent seen = new KEvent("seen", KEvent.Type.SYNCHRONIZATION_EVENT, false);
    Irp[] pended = new Irp[1];
    DriverDispatch pend =
        (device, irp) -> {
          irp.markPending();
          pended[0] = irp;
          return NtStatus.STATUS_PENDING;
        };
    IoManager io = IoManager.of(machine);
    DeviceObject device = io.createDevice(new DriverObject("driver").setMajorFunction(IRP_MJ_READ, pend), "device", null);
    machine.startThread(
        "Requester",
        () -> {
          KEvent done = new KEvent("done", KEvent.Type.NOTIFICATION_EVENT, false);
          io.callDriver(
              device, io.buildSynchronousFsdRequest(IRP_MJ_READ, device, null, 0, 0, done, new IoStatusBlock()));
          sent.set();
          seen.waitForSingleObject();
          new InterlockedLong("own", 0).increment();
        });
    machine.startThread(
        "Driver",
        () -> {
          sent.waitForSingleObject();
          seen.set();
          log.add(pended[0].cancel() ? 1 : 2);
          pended[0].setIoStatus(NtStatus.STATUS_SUCCESS, 0);
          io.completeRequest(pended[0]);
        });
  }

  /** That the lock is not free for writers does not say that a reader could not have taken it. */
  private static void readerAndWriter(Machine machine, Log log) {
    ExSpinLock lock = new ExSpinLock("lock");
    machine.startThread(
        "Writer",
        () -> {
          Irql old = lock.acquireExclusive();
          log.add(1);
          lock.releaseExclusive(old);
        });
    machine.startThread(
        "Reader",
        () -> {
          new InterlockedLong("own", 0).increment();
          Irql old = lock.acquireShared();
          log.add(2);
          lock.releaseShared(old);
        });
  }

  /** That the timer has a DPC to queue does not hide that it may end the wait. */
  private static void timerOrEvent(Machine machine, Log log) {
    KTimer timer = new KTimer("Timer");
    KEvent event = new KEvent("event", KEvent.Type.SYNCHRONIZATION_EVENT, false);
    timer.set(10, new KDpc("Dpc", (self, context, one, two) -> {}, null));
    machine.startThread(
        "Waiter", () -> log.add(Ke.waitForMultipleObjects(List.of(timer, event), WaitType.WAIT_ANY).code()));
    machine.startThread("Setter", event::set);
  }

  private static KInterrupt connected(Machine machine, Log log, int digit, Irql irql) {
    KInterrupt interrupt =
        KInterrupt.named("interrupt" + digit)
            .irql(irql)
            .serviceRoutine(
                (self, context) -> {
                  log.add(digit);
                  return true;
                },
                null)
            .build();
    IoManager.of(machine).connectInterrupt(interrupt);
    return interrupt;
  }

  /** The second device looks at what the first one's ISR has done. */
  private static void twoInterrupts(Machine machine, Log log) {
    KInterrupt low = connected(machine, log, 1, Irql.DIRQL_3);
    KInterrupt high = connected(machine, log, 2, Irql.DIRQL_5);
    machine.startHardware("Device1", low::assertInterrupt);
    machine.startHardware(
        "Device2",
        () -> {
          if (log.turn.read() == 0) {
            high.assertInterrupt();
          }
        });
  }

  private static void interruptAgainstAThread(Machine machine, Log log) {
    KInterrupt interrupt = connected(machine, log, 1, Irql.DIRQL_5);
    KDpc dpc = dpc(log, 2);
    machine.startHardware("Device", interrupt::assertInterrupt);
    machine.startThread(
        "Thread",
        () -> {
          dpc.insertQueue(null, null);
          Irql old = Ke.raiseIrqlToDpcLevel();
          log.add(3);
          Ke.lowerIrql(old);
        });
  }

  @ParameterizedTest(name = "{1} on {0} processors")
  @MethodSource("models")
  void sourceDporShowsEveryOutcome(int processors, String name, BiConsumer<Machine, Log> model)
      throws InterruptedException {
    Set<String> all = outcomes(processors, model, false);
    assertTrue(all.size() > 1, () -> "only one outcome: " + all);
    assertEquals(all, outcomes(processors, model, true));
  }

  private static Set<String> outcomes(int processors, BiConsumer<Machine, Log> model, boolean reduced)
      throws InterruptedException {
    Set<String> outcomes = new TreeSet<>();
    Scenario scenario =
        Scenario.named("outcomes")
            .processors(processors)
            .model(
                machine -> {
                  Log log = new Log();
                  model.accept(machine, log);
                  machine.afterwards(() -> outcomes.add(log.toString()));
                });
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Carrier carrier =
        new Carrier(
            "outcomes",
            () -> {
              try {
                explore(scenario, reduced);
              } catch (Throwable e) {
                failure.set(e);
              }
            });
    carrier.start();
    carrier.join();
    if (failure.get() != null) {
      throw new AssertionError(failure.get());
    }
    return outcomes;
  }

  private static void explore(Scenario scenario, boolean reduced) {
    try (Explorer explorer = new Explorer(scenario)) {
      explorer.open(Switchers.create());
      Strategy strategy = reduced ? new SourceDpor() : DepthFirst.bruteForce();
      while (strategy.nextRun()) {
        RunResult result = explorer.run(strategy);
        if (result.finding() != null) {
          throw new AssertionError(result.finding().message());
        }
        if (reduced && explorer.learns(result)) {
          strategy = new SourceDpor();
        }
      }
    }
  }
}
