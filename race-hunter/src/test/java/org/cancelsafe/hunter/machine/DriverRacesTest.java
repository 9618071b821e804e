package org.cancelsafe.hunter.machine;

import static org.cancelsafe.hunter.machine.Hunts.assertFinds;
import static org.cancelsafe.hunter.machine.Hunts.assertSafe;

import java.util.function.Consumer;
import org.cancelsafe.emu.ex.ExSpinLock;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ex.InterlockedPointer;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.IoRemoveLock;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KInterrupt;
import org.cancelsafe.emu.ke.KMutex;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.junit.jupiter.api.Test;

/** Races that drivers have been shipped with, and beside each the same code as it is right. */
class DriverRacesTest {
  private static final long SOON = -10_000;

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  @Test
  void theDpcOfADeviceThatIsGone() {
    assertFinds("DataRace", 2, machine -> removal(machine, false));
    assertSafe(2, machine -> removal(machine, true));
    assertSafe(1, machine -> removal(machine, false)); // the only processor runs the DPC before the thread goes on
  }

  private static void removal(Machine machine, boolean flushes) {
    Shared<String> extension = new Shared<>("extension", "alive");
    KDpc dpc = new KDpc("DpcForIsr", (self, context, one, two) -> extension.get(), null);
    KInterrupt nic =
        KInterrupt.named("nic")
            .irql(Irql.DIRQL_5)
            .serviceRoutine((interrupt, context) -> dpc.insertQueue(null, null), null)
            .build();
    check(IoManager.of(machine).connectInterrupt(nic) == NtStatus.STATUS_SUCCESS, "not connected");
    machine.startHardware("device", nic::assertInterrupt);
    machine.startThread(
        "Remove",
        () -> {
          nic.disconnect();
          if (flushes) {
            Ke.flushQueuedDpcs();
          }
          extension.set("freed");
        });
  }

  @Test
  void aTimerThatHasExpiredAlready() {
    assertFinds("DataRace", 1, machine -> timerCleanup(machine, () -> {}));
    assertFinds("DataRace", 2, machine -> timerCleanup(machine, () -> {}));
    assertSafe(1, machine -> timerCleanup(machine, Ke::flushQueuedDpcs));
    assertSafe(2, machine -> timerCleanup(machine, Ke::flushQueuedDpcs));
  }

  private static void timerCleanup(Machine machine, Runnable wait) {
    Shared<String> record = new Shared<>("record", "alive");
    KTimer timer = new KTimer("Timeout");
    timer.set(SOON, new KDpc("TimeoutDpc", (self, context, one, two) -> record.get(), null));
    machine.startThread(
        "Cleanup",
        () -> {
          timer.cancel();
          wait.run();
          record.set("freed");
        });
  }

  @Test
  void aDpcThatSetsItsTimerAnewBehindTheFlush() {
    assertFinds("DataRace", 2, machine -> polling(machine, false));
    assertSafe(2, machine -> polling(machine, true));
  }

  private static void polling(Machine machine, boolean stopsFirst) {
    Shared<String> extension = new Shared<>("extension", "alive");
    KSpinLock lock = new KSpinLock("lock");
    Shared<Boolean> stopping = new Shared<>("stopping", false);
    Shared<Integer> rounds = new Shared<>("rounds", 0);
    KTimer timer = new KTimer("Poll");
    KDpc dpc =
        new KDpc(
            "PollDpc",
            (self, context, one, two) -> {
              extension.get();
              lock.acquireAtDpcLevel();
              if (!stopping.get() && rounds.get() == 0) {
                rounds.set(1);
                timer.set(SOON, self);
              }
              lock.releaseFromDpcLevel();
            },
            null);
    timer.set(SOON, dpc);
    machine.startThread(
        "Unload",
        () -> {
          if (stopsFirst) {
            Irql old = lock.acquire();
            stopping.set(true);
            lock.release(old);
          }
          timer.cancel();
          Ke.flushQueuedDpcs();
          extension.set("freed");
        });
  }

  @Test
  void theRemoveLockIsGivenBackBeforeTheLastTouch() {
    assertFinds("DataRace", 1, machine -> removeLock(machine, true));
    assertSafe(1, machine -> removeLock(machine, false));
  }

  private static void removeLock(Machine machine, boolean early) {
    IoRemoveLock lock = new IoRemoveLock("RemoveLock");
    Shared<String> extension = new Shared<>("extension", "alive");
    machine.startThread(
        "Dispatch",
        () -> {
          if (lock.acquire("irp") == NtStatus.STATUS_SUCCESS) {
            if (early) {
              lock.release("irp");
            }
            extension.get();
            if (!early) {
              lock.release("irp");
            }
          }
        });
    machine.startThread(
        "Remove",
        () -> {
          lock.acquire("remove");
          lock.releaseAndWait("remove");
          extension.set("freed");
        });
  }

  @Test
  void theCallerDoesNotWaitForWhoStillHasItsStack() {
    assertFinds("DataRace", 1, machine -> eventOnTheStack(machine, false));
    assertSafe(1, machine -> eventOnTheStack(machine, true));
  }

  private static void eventOnTheStack(Machine machine, boolean waits) {
    KEvent done = new KEvent("done", KEvent.Type.NOTIFICATION_EVENT, false);
    Shared<String> frame = new Shared<>("stack frame", "alive");
    machine.startThread(
        "Caller",
        () -> {
          if (!done.waitForSingleObject(SOON) && waits) {
            done.waitForSingleObject();
          }
          frame.set("reused");
        });
    machine.startThread(
        "Completion",
        () -> {
          frame.get();
          done.set();
        });
  }

  @Test
  void countedBehindTheLockThatSaidGo() {
    assertFinds("AssertionFailed", 1, machine -> powerDown(machine, false));
    assertSafe(1, machine -> powerDown(machine, true));
  }

  private static void powerDown(Machine machine, boolean countsUnderTheLock) {
    KSpinLock lock = new KSpinLock("PowerLock");
    Shared<Boolean> hold = new Shared<>("hold", false);
    InterlockedLong inFlight = new InterlockedLong("inFlight", 0);
    InterlockedLong powered = new InterlockedLong("powered", 1);
    machine.startThread(
        "Dispatch",
        () -> {
          Irql old = lock.acquire();
          boolean held = hold.get();
          if (!held && countsUnderTheLock) {
            inFlight.increment();
          }
          lock.release(old);
          if (!held) {
            if (!countsUnderTheLock) {
              inFlight.increment();
            }
            check(powered.read() == 1, "a request is started on a device in D3");
            inFlight.decrement();
          }
        });
    machine.startThread(
        "PowerDown",
        () -> {
          Irql old = lock.acquire();
          hold.set(true);
          lock.release(old);
          if (inFlight.read() == 0) {
            powered.write(0);
          }
        });
  }

  @Test
  void aCountThatComesBackFromZero() {
    assertFinds("DataRace", 1, machine -> references(machine, false));
    assertSafe(1, machine -> references(machine, true));
  }

  private static void references(Machine machine, boolean unlessZero) {
    InterlockedLong count = new InterlockedLong("references", 1);
    Shared<String> body = new Shared<>("body", "alive");
    machine.startThread(
        "Lookup",
        () -> {
          if (unlessZero && count.compareExchange(2, 1) != 1) {
            return;
          }
          if (!unlessZero) {
            count.increment();
          }
          body.get();
          dereference(count, body);
        });
    machine.startThread("Close", () -> dereference(count, body));
  }

  private static void dereference(InterlockedLong count, Shared<String> body) {
    if (count.decrement() == 0) {
      body.set("freed");
    }
  }

  @Test
  void theEventIsClearedBehindTheTest() {
    assertFinds("Deadlock", 1, machine -> consumer(machine, false));
    assertSafe(1, machine -> consumer(machine, true));
  }

  private static void consumer(Machine machine, boolean clearsFirst) {
    InterlockedLong packets = new InterlockedLong("packets", 0);
    KEvent work = new KEvent("work", KEvent.Type.NOTIFICATION_EVENT, false);
    machine.startThread(
        "Consumer",
        () -> {
          if (clearsFirst) {
            work.clear();
          }
          if (packets.read() == 0) {
            if (!clearsFirst) {
              work.clear();
            }
            work.waitForSingleObject();
          }
        });
    machine.startThread(
        "Producer",
        () -> {
          packets.increment();
          work.set();
        });
  }

  @Test
  void aPulseThatNobodyWaitsFor() {
    assertFinds("Deadlock", 1, machine -> announced(machine, KEvent::pulse));
    assertSafe(1, machine -> announced(machine, KEvent::set));
  }

  private static void announced(Machine machine, Consumer<KEvent> announce) {
    InterlockedLong ready = new InterlockedLong("ready", 0);
    KEvent go = new KEvent("go", KEvent.Type.NOTIFICATION_EVENT, false);
    machine.startThread(
        "Waiter",
        () -> {
          if (ready.read() == 0) {
            go.waitForSingleObject();
          }
        });
    machine.startThread(
        "Signaller",
        () -> {
          ready.write(1);
          announce.accept(go);
        });
  }

  @Test
  void aTimeoutTakenForTheMutex() {
    assertFinds("DataRace", 1, machine -> impatient(machine, true));
    assertSafe(1, machine -> impatient(machine, false));
  }

  private static void impatient(Machine machine, boolean goesOnAnyway) {
    KMutex mutex = new KMutex("mutex");
    Shared<Integer> counter = new Shared<>("counter", 0);
    for (int i = 0; i < 2; i++) {
      machine.startThread(
          "Thread" + i,
          () -> {
            boolean taken = mutex.waitForSingleObject(SOON);
            if (taken || goesOnAnyway) {
              counter.set(counter.get() + 1);
            }
            if (taken) {
              mutex.release();
            }
          });
    }
  }

  @Test
  void twoReadersThatBothWantToWrite() {
    assertFinds("NoProgress", 2, machine -> upgrade(machine, false));
    assertSafe(2, machine -> upgrade(machine, true));
  }

  private static void upgrade(Machine machine, boolean givesWay) {
    ExSpinLock lock = new ExSpinLock("table lock");
    Shared<Integer> table = new Shared<>("table", 0);
    for (int i = 0; i < 2; i++) {
      machine.startThread(
          "Reader" + i,
          () -> {
            Irql old = lock.acquireShared();
            while (!lock.tryConvertSharedExclusive()) {
              if (givesWay) {
                lock.releaseShared(old);
                old = lock.acquireExclusive();
                break;
              }
            }
            table.set(table.get() + 1);
            lock.releaseExclusive(old);
          });
    }
  }

  @Test
  void theHeadOfAStackIsTheSameAgain() {
    assertFinds("AssertionFailed", 1, DriverRacesTest::popTwice);
  }

  /** A, on top of B, is popped and pushed back while somebody is about to pop it: then B comes off twice. */
  private static void popTwice(Machine machine) {
    InterlockedPointer<String> head = new InterlockedPointer<>("head", "A");
    InterlockedPointer<String> next = new InterlockedPointer<>("A.next", "B");
    InterlockedLong ownersOfB = new InterlockedLong("ownersOfB", 0);
    machine.startThread(
        "Pop",
        () -> {
          String top = head.read();
          String second = "A".equals(top) ? next.read() : null;
          if (head.compareExchange(second, top) == top && "B".equals(second)) {
            check(ownersOfB.increment() == 1, "B has two owners");
          }
        });
    machine.startThread(
        "PopPopPush",
        () -> {
          if ("A".equals(head.compareExchange("B", "A")) && "B".equals(head.compareExchange(null, "B"))) {
            ownersOfB.increment();
            next.write(null);
            head.write("A");
          }
        });
  }
}
