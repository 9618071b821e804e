package org.cancelsafe.examples.ported;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_DELETE_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_IO_TIMEOUT;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.cancelsafe.csq.FifoCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.csq.IoCsqIrpContext;
import org.cancelsafe.emu.ex.ExSpinLock;
import org.cancelsafe.emu.ex.InterlockedPointer;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverDispatch;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.IoRemoveLock;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KInterrupt;
import org.cancelsafe.emu.ke.KSemaphore;
import org.cancelsafe.emu.ke.KStatus;
import org.cancelsafe.emu.ke.KThread;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.ke.WaitType;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.examples.drivers.Expect;
import org.cancelsafe.hunter.Hammer;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How drivers hand plain memory and IRPs over, on real threads of one, two and four processors: what is handed over
 * properly is never reported, and what is not is caught. That takes milliseconds; the time is for a busy host.
 */
@Timeout(300)
class HammeredDriversTest {
  private static final Duration LONGEST = Duration.ofSeconds(30);
  private static final int ROUNDS = 150;

  private static final Set<String> DATA_RACE = Set.of("DataRace");
  private static final Set<String> COMPLETED_TWICE =
      Set.of("DoubleCompletion", "IrpTouchedAfterCompletion", "DataRace");

  /** A model, once as it should be and once with a mistake. */
  @FunctionalInterface
  private interface Pair {
    void setUp(Machine machine, boolean right);
  }

  private static Hammer hammer(int processors, Scenario.Model model) {
    return new Hammer(Scenario.named("hammered").processors(processors).model(model), 1);
  }

  private static void assertOnlyTheMistakeIsFound(int processors, Set<String> rules, Pair pair) {
    Hammer right = hammer(processors, machine -> pair.setUp(machine, true));
    right.hammer(ROUNDS);
    assertEquals(Verdict.CLEAN_WITHIN_BUDGET, right.report().verdict(), () -> ReportText.of(right.report()));
    Hammer wrong = hammer(processors, machine -> pair.setUp(machine, false));
    wrong.hammer(LONGEST);
    assertTrue(rules.contains(wrong.report().rule()), () -> ReportText.of(wrong.report()));
  }

  private static DeviceObject reader(Machine machine, DriverDispatch read) {
    return IoManager.of(machine).createDevice(new DriverObject("driver").setMajorFunction(IRP_MJ_READ, read), "dev", null);
  }

  private static NtStatus complete(Irp irp, NtStatus status) {
    irp.setIoStatus(status, 0);
    irp.io().completeRequest(irp);
    return status;
  }

  /** One buffer, filled and emptied in turns; without the second event the next filling meets the emptying. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void aBufferIsHandedOverByAnEvent(int processors) {
    assertOnlyTheMistakeIsFound(processors, DATA_RACE, HammeredDriversTest::fillAndEmpty);
  }

  private static void fillAndEmpty(Machine machine, boolean waits) {
    Shared<Integer> buffer = new Shared<>("buffer", 0);
    KEvent full = new KEvent("full", KEvent.Type.SYNCHRONIZATION_EVENT, false);
    KEvent empty = new KEvent("empty", KEvent.Type.SYNCHRONIZATION_EVENT, false);
    machine.startThread(
        "Fill",
        () -> {
          for (int i = 1; i <= 3; i++) {
            buffer.set(i);
            full.set();
            if (waits) {
              empty.waitForSingleObject();
            }
          }
        });
    machine.startThread(
        "Empty",
        () -> {
          int read = 0;
          while (read != 3) {
            full.waitForSingleObject();
            read = buffer.get();
            empty.set();
          }
        });
  }

  /** Whoever exchanges the pointer owns the block; its maker is to be done with it by then. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void aBlockIsHandedOverByInterlockedExchange(int processors) {
    assertOnlyTheMistakeIsFound(processors, DATA_RACE, HammeredDriversTest::publish);
  }

  private static void publish(Machine machine, boolean fillsFirst) {
    Shared<Integer> block = new Shared<>("block", 0);
    InterlockedPointer<Shared<Integer>> published = new InterlockedPointer<>("Published", null);
    machine.startThread(
        "Publish",
        () -> {
          if (fillsFirst) {
            block.set(1);
          }
          published.exchange(block);
          if (!fillsFirst) {
            block.set(1);
          }
        });
    for (String name : List.of("Taker0", "Taker1")) {
      machine.startThread(
          name,
          () -> {
            Shared<Integer> taken = published.exchange(null);
            if (taken != null) {
              taken.set(taken.get() + 1);
            }
          });
    }
  }

  /** The DPC and the interrupt service routine share what the interrupt's lock guards, on one processor too. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void theDpcExcludesTheInterrupt(int processors) {
    assertOnlyTheMistakeIsFound(processors, DATA_RACE, HammeredDriversTest::countInterrupts);
  }

  private static void countInterrupts(Machine machine, boolean excludes) {
    Shared<Integer> count = new Shared<>("count", 0);
    KInterrupt[] interrupt = {null};
    KDpc dpc =
        new KDpc(
            "DpcForIsr",
            (self, context, one, two) -> {
              if (excludes) {
                interrupt[0].synchronizeExecution(
                    unused -> {
                      count.set(0);
                      return true;
                    },
                    null);
              } else {
                count.set(0);
              }
            },
            null);
    interrupt[0] =
        KInterrupt.named("device")
            .irql(Irql.DIRQL_5)
            .serviceRoutine(
                (self, context) -> {
                  count.set(count.get() + 1);
                  dpc.insertQueue(null, null);
                  return true;
                },
                null)
            .build();
    Expect.that(IoManager.of(machine).connectInterrupt(interrupt[0]).isSuccess(), "not connected");
    machine.startHardware(
        "hardware",
        () -> {
          interrupt[0].assertInterrupt();
          interrupt[0].assertInterrupt();
        });
    dpc.insertQueue(null, null);
  }

  /** What the DPC of a timer uses is freed when the timer was cancelled and its DPC cannot run any more. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void theDpcOfTheTimerIsFlushed(int processors) {
    assertOnlyTheMistakeIsFound(processors, DATA_RACE, HammeredDriversTest::unloadWithTimer);
  }

  private static void unloadWithTimer(Machine machine, boolean flushes) {
    Shared<Integer> context = new Shared<>("context", 0);
    KTimer timer = new KTimer("timer");
    timer.setEx(-1, 1, new KDpc("TimerDpc", (self, unused, one, two) -> context.get(), null));
    machine.startThread(
        "Unload",
        () -> {
          timer.cancel();
          if (flushes) {
            Ke.flushQueuedDpcs();
          }
          context.set(-1);
        });
  }

  /** Readers share the lock, and may read at the same time; one that writes must not. */
  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void readersReadTogether(int processors) {
    assertOnlyTheMistakeIsFound(processors, DATA_RACE, HammeredDriversTest::readAndWrite);
  }

  private static void readAndWrite(Machine machine, boolean onlyReads) {
    ExSpinLock lock = new ExSpinLock("lock");
    Shared<Integer> table = new Shared<>("table", 0);
    for (String name : List.of("Reader0", "Reader1", "Reader2")) {
      machine.startThread(
          name,
          () -> {
            Irql old = lock.acquireShared();
            table.get();
            if (!onlyReads) {
              table.set(1);
            }
            lock.releaseShared(old);
          });
    }
    machine.startThread(
        "Writer",
        () -> {
          Irql old = lock.acquireExclusive();
          table.set(table.get() + 1);
          lock.releaseExclusive(old);
        });
  }

  /** A worker is told to stop, and is waited for before what it uses is gone. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void theWorkerHasEnded(int processors) {
    assertOnlyTheMistakeIsFound(processors, DATA_RACE, HammeredDriversTest::stopWorker);
  }

  private static void stopWorker(Machine machine, boolean waits) {
    KEvent stop = new KEvent("stop", KEvent.Type.NOTIFICATION_EVENT, false);
    KSemaphore work = new KSemaphore("work", 2, 2);
    Shared<Integer> state = new Shared<>("state", 0);
    KThread worker =
        KThread.createSystemThread(
            machine,
            "Worker",
            () -> {
              while (Ke.waitForMultipleObjects(List.of(stop, work), WaitType.WAIT_ANY).equals(KStatus.STATUS_WAIT_1)) {
                state.set(state.get() + 1);
              }
            });
    machine.startThread(
        "Unload",
        () -> {
          stop.set();
          if (waits) {
            worker.waitForSingleObject();
          }
          state.set(-1);
        });
  }

  /** The registers are gone only when the last user has given the remove lock back. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void theRemoveLockIsHeldWhileTheRegistersAreUsed(int processors) {
    assertOnlyTheMistakeIsFound(processors, DATA_RACE, HammeredDriversTest::remove);
  }

  private static void remove(Machine machine, boolean holds) {
    IoRemoveLock lock = new IoRemoveLock("RemoveLock");
    Shared<Integer> registers = new Shared<>("registers", 0);
    DeviceObject device =
        reader(
            machine,
            (own, irp) -> {
              if (!lock.acquire(irp).isSuccess()) {
                return complete(irp, STATUS_DELETE_PENDING);
              }
              if (holds) {
                registers.get();
              }
              lock.release(irp);
              if (!holds) {
                registers.get();
              }
              return complete(irp, STATUS_SUCCESS);
            });
    Irp irp = device.io().buildRequest(new FileObject("file", device), IRP_MJ_READ);
    Expect.that(lock.acquire().isSuccess(), "not acquired");
    machine.startThread("Read", () -> device.io().callDriver(device, irp));
    machine.startThread(
        "Remove",
        () -> {
          lock.releaseAndWait();
          registers.set(-1);
        });
  }

  /** Three want the IRP, a timer, a canceller and the device: who takes it out of the queue completes it. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void whoGetsTheIrpOutOfTheQueueCompletesIt(int processors) {
    assertOnlyTheMistakeIsFound(processors, COMPLETED_TWICE, HammeredDriversTest::timeOut);
  }

  private static void timeOut(Machine machine, boolean asks) {
    IoCsq csq = new IoCsq();
    csq.initialize(new FifoCallbacks("queue"));
    IoCsqIrpContext context = new IoCsqIrpContext();
    DeviceObject device =
        reader(
            machine,
            (own, irp) -> {
              csq.insertIrp(irp, context);
              return STATUS_PENDING;
            });
    Irp irp = device.io().request(new FileObject("file", device), IRP_MJ_READ);
    KDpc timeout =
        new KDpc(
            "Timeout",
            (self, unused, one, two) -> {
              if (csq.removeIrp(context) != null || !asks) {
                complete(irp, STATUS_IO_TIMEOUT);
              }
            },
            null);
    KTimer timer = new KTimer("timer");
    timer.set(-1, timeout);
    machine.startThread("Cancel", () -> device.io().cancelIrp(irp));
    machine.startThread(
        "Device",
        () -> {
          timer.cancel();
          if (csq.removeIrp(context) != null) {
            complete(irp, STATUS_SUCCESS);
          }
        });
  }
}
