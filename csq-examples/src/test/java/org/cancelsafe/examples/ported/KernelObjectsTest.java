package org.cancelsafe.examples.ported;

import static org.cancelsafe.emu.ke.KEvent.Type.SYNCHRONIZATION_EVENT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.cancelsafe.emu.ex.ExRundownRef;
import org.cancelsafe.emu.ex.ExSpinLock;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ex.InterlockedPointer;
import org.cancelsafe.emu.ex.SListEntry;
import org.cancelsafe.emu.ex.SListHeader;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.IoWorkItem;
import org.cancelsafe.emu.io.WorkQueueType;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KGuardedMutex;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.testkit.junit.RaceHunt;

/** Well-known mistakes with the kernel's objects, none with an IRP; and designs that only look like mistakes. */
class KernelObjectsTest {
  private static final long SOON = -10;

  // a flag that says whether a work item is queued

  @RaceHunt(expectRace = "WorkItem", seconds = 60)
  void aFlagThatIsTestedAndThenSetQueuesAWorkItemTwice(Machine machine) {
    InterlockedLong queued = new InterlockedLong("Queued", 0);
    IoWorkItem item = workItem(machine);
    Runnable kick =
        () -> {
          if (queued.read() == 0) {
            queued.write(1);
            item.queue((device, context) -> queued.write(0), WorkQueueType.DELAYED_WORK_QUEUE, null);
          }
        };
    machine.startThread("A", kick);
    machine.startThread("B", kick);
  }

  @RaceHunt(seconds = 60)
  void aFlagThatIsExchangedDoesNot(Machine machine) {
    InterlockedLong queued = new InterlockedLong("Queued", 0);
    IoWorkItem item = workItem(machine);
    Runnable kick =
        () -> {
          if (queued.exchange(1) == 0) {
            item.queue((device, context) -> queued.exchange(0), WorkQueueType.DELAYED_WORK_QUEUE, null);
          }
        };
    machine.startThread("A", kick);
    machine.startThread("B", kick);
  }

  private static IoWorkItem workItem(Machine machine) {
    DeviceObject device = IoManager.of(machine).createDevice(new DriverObject("driver"), "dev0", null);
    return device.allocateWorkItem();
  }

  // a timer whose DPC sets it again, and its end

  @RaceHunt(expectRace = "TimerInFreedMemory", seconds = 60)
  void aTimerIsSetAgainBehindTheBackOfWhoStopsIt(Machine machine) {
    watchdog(machine, false);
  }

  @RaceHunt(seconds = 60)
  void aTimerThatIsSetAgainUnderTheLockOfTheFlagIsStopped(Machine machine) {
    watchdog(machine, true);
  }

  private static void watchdog(Machine machine, boolean setsUnderTheLock) {
    KTimer timer = new KTimer("Timer");
    KSpinLock lock = new KSpinLock("Lock");
    Shared<Boolean> stop = new Shared<>("Stop", false);
    int[] left = {1};
    KDpc dpc =
        new KDpc(
            "TimerDpc",
            (self, context, one, two) -> {
              lock.acquireAtDpcLevel();
              boolean again = !stop.get() && left[0]-- > 0;
              if (again && setsUnderTheLock) {
                timer.set(SOON, self);
              }
              lock.releaseFromDpcLevel();
              if (again && !setsUnderTheLock) {
                timer.set(SOON, self);
              }
            },
            null);
    timer.set(SOON, dpc);
    machine.startThread(
        "Stop",
        () -> {
          Irql irql = lock.acquire();
          stop.set(true);
          lock.release(irql);
          timer.cancel();
          Ke.flushQueuedDpcs();
          timer.free();
          dpc.free();
        });
  }

  // a stack without a lock

  /** An entry of the stack without sequence numbers. */
  private record Node(String name, InterlockedPointer<Node> next) {
    Node(String name) {
      this(name, new InterlockedPointer<>(name + ".Next", null));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Node pop(InterlockedPointer<Node> head) {
    while (true) {
      Node first = head.read();
      if (first == null || head.compareExchange(first.next.read(), first) == first) {
        return first;
      }
    }
  }

  @RaceHunt(expectRace = "AssertionFailed", seconds = 60)
  void anEntryThatWasPoppedAndPushedAgainIsMistaken(Machine machine) {
    Node first = new Node("a");
    Node second = new Node("b");
    InterlockedPointer<Node> head = new InterlockedPointer<>("Head", first);
    first.next.write(second);
    InterlockedLong owners = new InterlockedLong("OwnersOfB", 0);
    machine.startThread("P", () -> owned(second, owners, pop(head), pop(head)));
    machine.startThread(
        "Q",
        () -> {
          Node own = pop(head);
          owned(second, owners, own, pop(head));
          if (own == first) {
            own.next.write(head.read());
            head.write(own);
          }
        });
  }

  @RaceHunt(seconds = 60)
  void theSequenceNumberOfAnSListTells(Machine machine) {
    SListHeader head = new SListHeader("Head");
    SListEntry second = new SListEntry("b");
    SListEntry first = new SListEntry("a");
    head.pushEntry(second);
    head.pushEntry(first);
    InterlockedLong owners = new InterlockedLong("OwnersOfB", 0);
    machine.startThread("P", () -> owned(second, owners, head.popEntry(), head.popEntry()));
    machine.startThread(
        "Q",
        () -> {
          SListEntry own = head.popEntry();
          owned(second, owners, own, head.popEntry());
          if (own == first) {
            head.pushEntry(own);
          }
        });
  }

  private static void owned(Object entry, InterlockedLong owners, Object one, Object two) {
    if (one == entry || two == entry) {
      assertEquals(1, owners.increment(), "b was popped twice");
    }
  }

  // a reader that becomes the writer

  @RaceHunt(expectRace = "AssertionFailed", seconds = 60)
  void whatWasMissingUnderTheSharedLockIsThereUnderTheExclusiveOne(Machine machine) {
    lookUpOrCreate(machine, false);
  }

  @RaceHunt(seconds = 60)
  void whoLooksAgainUnderTheExclusiveLockCreatesOnce(Machine machine) {
    lookUpOrCreate(machine, true);
  }

  private static void lookUpOrCreate(Machine machine, boolean looksAgain) {
    ExSpinLock lock = new ExSpinLock("Lock");
    Shared<Boolean> there = new Shared<>("There", false);
    InterlockedLong created = new InterlockedLong("Created", 0);
    Runnable get =
        () -> {
          Irql irql = lock.acquireShared();
          boolean found = there.get();
          lock.releaseShared(irql);
          if (!found) {
            irql = lock.acquireExclusive();
            if (!looksAgain || !there.get()) {
              created.increment();
              there.set(true);
            }
            lock.releaseExclusive(irql);
          }
        };
    machine.startThread("A", get);
    machine.startThread("B", get);
    machine.afterwards(() -> assertEquals(1, created.read()));
  }

  // a callback that is unregistered while it runs

  @RaceHunt(expectRace = "DataRace", seconds = 60)
  void aFlagDoesNotKeepAContextAlive(Machine machine) {
    InterlockedLong registered = new InterlockedLong("Registered", 1);
    Shared<String> context = new Shared<>("Context", "alive");
    machine.startThread(
        "Callback",
        () -> {
          if (registered.read() == 1) {
            context.get();
          }
        });
    machine.startThread(
        "Unregister",
        () -> {
          registered.write(0);
          context.set("freed");
        });
  }

  @RaceHunt(seconds = 60)
  void runDownProtectionDoes(Machine machine) {
    ExRundownRef rundown = new ExRundownRef("Rundown");
    Shared<String> context = new Shared<>("Context", "alive");
    Runnable callback =
        () -> {
          if (rundown.acquireProtection()) {
            assertEquals("alive", context.get());
            rundown.releaseProtection();
          }
        };
    machine.startThread("Callback1", callback);
    machine.startThread("Callback2", callback);
    machine.startThread(
        "Unregister",
        () -> {
          rundown.waitForProtectionRelease();
          context.set("freed");
        });
  }

  // correct, though it does not look it

  @RaceHunt(seconds = 60)
  void anEventAndAGuardedMutexAreLocks(Machine machine) {
    KEvent event = new KEvent("Event", SYNCHRONIZATION_EVENT, true);
    KGuardedMutex mutex = new KGuardedMutex("Mutex");
    Shared<Integer> both = new Shared<>("Both", 0);
    Runnable body =
        () -> {
          event.waitForSingleObject();
          both.set(both.get() + 1);
          event.set();
          if (mutex.tryToAcquire()) {
            mutex.release();
          }
        };
    machine.startThread("A", body);
    machine.startThread("B", body);
    machine.afterwards(() -> assertEquals(2, both.get()));
  }

  @RaceHunt(seconds = 60)
  void oneProducerAndOneConsumerNeedNoLock(Machine machine) {
    InterlockedLong head = new InterlockedLong("Head", 0);
    InterlockedLong tail = new InterlockedLong("Tail", 0);
    List<Shared<Integer>> ring = List.of(new Shared<>("Slot0", 0), new Shared<>("Slot1", 0));
    machine.startThread(
        "Producer",
        () -> {
          for (int item = 1; item <= 3 && head.read() - tail.read() < ring.size(); item++) {
            ring.get((int) head.read() % ring.size()).set(item);
            head.write(head.read() + 1);
          }
        });
    machine.startThread(
        "Consumer",
        () -> {
          for (int item = 1; item <= 2 && tail.read() < head.read(); item++) {
            assertEquals(item, ring.get((int) tail.read() % ring.size()).get());
            tail.write(tail.read() + 1);
          }
        });
  }

  @RaceHunt(seconds = 60)
  void whoTriesBackwardsTakesLocksInNoForbiddenOrder(Machine machine) {
    KSpinLock outer = new KSpinLock("Outer");
    KSpinLock inner = new KSpinLock("Inner");
    machine.startThread(
        "Forwards",
        () -> {
          Irql irql = outer.acquire();
          inner.acquireAtDpcLevel();
          inner.releaseFromDpcLevel();
          outer.release(irql);
        });
    machine.startThread(
        "Backwards",
        () -> {
          Irql irql = inner.acquire();
          if (outer.tryToAcquireAtDpcLevel()) {
            assertTrue(outer.isOwnedByCaller());
            outer.releaseFromDpcLevel();
          }
          inner.release(irql);
        });
  }
}
