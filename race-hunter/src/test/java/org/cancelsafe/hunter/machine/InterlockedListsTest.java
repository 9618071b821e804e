package org.cancelsafe.hunter.machine;

import static org.cancelsafe.hunter.machine.Hunts.assertFinds;
import static org.cancelsafe.hunter.machine.Hunts.assertSafe;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.cancelsafe.emu.ex.Ex;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.ex.Ndis;
import org.cancelsafe.emu.ex.NdisSpinLock;
import org.cancelsafe.emu.ex.SListEntry;
import org.cancelsafe.emu.ex.SListHeader;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KInterrupt;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.fidelity.Statement;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** Interlocked lists, explored. */
class InterlockedListsTest {
  private static final class Item {
    final ListEntry entry = new ListEntry(this);
    final Shared<Integer> content = new Shared<>("content", 0);
  }

  private static Item item(ListEntry entry) {
    return (Item) entry.container();
  }

  @Test
  void whoRemovesAnEntrySeesWhatItsInserterWrote() {
    assertSafe(
        2,
        machine -> {
          ListEntry head = new ListEntry("queue");
          KSpinLock lock = new KSpinLock("lock");
          Item item = new Item();
          machine.startThread(
              "Insert",
              () -> {
                item.content.set(7);
                Ex.interlockedInsertTailList(head, item.entry, lock);
              });
          machine.startThread(
              "Remove",
              () -> {
                ListEntry entry = Ex.interlockedRemoveHeadList(head, lock);
                if (entry != null) {
                  assertEquals(7, item(entry).content.get());
                }
              });
        });
  }

  @Test
  void oneEntryIsRemovedOnce() {
    assertSafe(
        2,
        machine -> {
          ListEntry head = new ListEntry("queue");
          KSpinLock lock = new KSpinLock("lock");
          AtomicInteger removed = new AtomicInteger();
          Ex.interlockedInsertHeadList(head, new Item().entry, lock);
          for (String name : Set.of("A", "B")) {
            machine.startThread(
                name,
                () -> {
                  if (Ex.interlockedRemoveHeadList(head, lock) != null) {
                    removed.incrementAndGet();
                  }
                });
          }
          machine.afterwards(() -> assertEquals(1, removed.get()));
        });
  }

  @Test
  void whoLooksSeesTheListBeforeAndAfterEachChange() {
    Set<String> seen = new TreeSet<>();
    assertSafe(
        2,
        machine -> {
          ListEntry head = new ListEntry("queue");
          KSpinLock lock = new KSpinLock("lock");
          machine.startThread(
              "Change",
              () -> {
                Ex.interlockedInsertTailList(head, new Item().entry, lock);
                Ex.interlockedRemoveHeadList(head, lock);
              });
          machine.startThread("Look", () -> seen.add(head.isEmpty() + " " + head.isEmpty()));
        });
    assertEquals(Set.of("false false", "false true", "true false", "true true"), seen);
  }

  /** A number that interlocked routines change under a lock is read without it. */
  @Test
  void whoReadsANumberSeesItBeforeAndAfter() {
    Set<Long> seen = new TreeSet<>();
    assertSafe(
        2,
        machine -> {
          InterlockedLong number = new InterlockedLong("number", 0);
          KSpinLock lock = new KSpinLock("lock");
          machine.startThread("Add", () -> Ex.interlockedAddUlong(number, 1, lock));
          machine.startThread("Read", () -> seen.add(number.read()));
        });
    assertEquals(Set.of(0L, 1L), seen);
  }

  /** Two threads take from a list that a third one fills, each when IsListEmpty has told that there is something. */
  private static Scenario.Model twoThatLookFirst(BiConsumer<ListEntry, KSpinLock> take) {
    return machine -> {
      ListEntry head = new ListEntry("queue");
      KSpinLock lock = new KSpinLock("lock");
      machine.startThread("Insert", () -> Ex.interlockedInsertTailList(head, new Item().entry, lock));
      machine.startThread("A", () -> take.accept(head, lock));
      machine.startThread("B", () -> take.accept(head, lock));
    };
  }

  @Test
  void whatIsListEmptyToldMayBeOutdated() {
    assertFinds(
        "AssertionFailed",
        2,
        twoThatLookFirst(
            (head, lock) -> {
              if (!head.isEmpty()) {
                assertNotNull(Ex.interlockedRemoveHeadList(head, lock), "IsListEmpty was FALSE");
              }
            }));
  }

  @Test
  void whoLooksAgainWithTheLockIsRight() {
    assertSafe(
        2,
        twoThatLookFirst(
            (head, lock) -> {
              while (!head.isEmpty()) {
                ListEntry entry = Ex.interlockedRemoveHeadList(head, lock);
                if (entry != null) {
                  item(entry).content.get();
                }
              }
            }));
  }

  /** A list that is empty when it is looked at may have an entry right after: who then sleeps may sleep for ever. */
  @Test
  void aWakeUpIsLostBetweenIsListEmptyAndTheWait() {
    assertFinds(
        "Deadlock",
        2,
        machine -> {
          ListEntry head = new ListEntry("queue");
          KSpinLock lock = new KSpinLock("lock");
          InterlockedLong sleeps = new InterlockedLong("sleeps", 0);
          KEvent filled = new KEvent("filled", KEvent.Type.SYNCHRONIZATION_EVENT, false);
          machine.startThread(
              "Insert",
              () -> {
                Ex.interlockedInsertTailList(head, new Item().entry, lock);
                if (sleeps.read() == 1) {
                  filled.set();
                }
              });
          machine.startThread(
              "Remove",
              () -> {
                if (head.isEmpty()) {
                  sleeps.write(1);
                  filled.waitForSingleObject();
                }
                assertNotNull(Ex.interlockedRemoveHeadList(head, lock));
              });
        });
  }

  @Test
  @Statement({236, 237})
  void mixingIsFound() {
    assertFinds(
        "InterlockedList",
        2,
        machine -> {
          ListEntry head = new ListEntry("queue");
          KSpinLock lock = new KSpinLock("lock");
          machine.startThread("A", () -> Ex.interlockedInsertTailList(head, new Item().entry, lock));
          machine.startThread("B", head::removeHead);
        });
    assertFinds(
        "InterlockedListLock",
        2,
        machine -> {
          ListEntry head = new ListEntry("queue");
          KSpinLock lock = new KSpinLock("lock");
          machine.startThread("A", () -> Ex.interlockedInsertTailList(head, new Item().entry, lock));
          machine.startThread("B", () -> lock.release(lock.acquire()));
        });
  }

  /** A device whose interrupt takes an entry off the list that a thread fills. */
  private static Scenario.Model sharedWithAnInterrupt(Runnable insert, Runnable isr) {
    return machine -> {
      KInterrupt interrupt =
          KInterrupt.named("device")
              .irql(Irql.DIRQL_5)
              .serviceRoutine(
                  (own, context) -> {
                    isr.run();
                    return true;
                  },
                  null)
              .build();
      IoManager.of(machine).connectInterrupt(interrupt);
      machine.startThread("Dispatch", insert);
      machine.startHardware("Device", interrupt::assertInterrupt);
    };
  }

  @Test
  @Statement(238)
  void anInterruptServiceRoutineSharesAnInterlockedListWithAThread() {
    for (int processors = 1; processors <= 2; processors++) {
      assertSafe(
          processors,
          machine -> {
            ListEntry head = new ListEntry("queue");
            KSpinLock lock = new KSpinLock("lock");
            sharedWithAnInterrupt(
                    () -> Ex.interlockedInsertTailList(head, new Item().entry, lock),
                    () -> Ex.interlockedRemoveHeadList(head, lock))
                .setUp(machine);
          });
    }
  }

  @Test
  @Statement(239)
  void theRoutinesOfNdisAreNotForInterruptServiceRoutines() {
    assertFinds(
        "IrqlKeDispatchLte",
        2,
        machine -> {
          ListEntry head = new ListEntry("queue");
          NdisSpinLock lock = new NdisSpinLock("lock");
          sharedWithAnInterrupt(
                  () -> Ndis.interlockedInsertTailList(head, new Item().entry, lock),
                  () -> Ndis.interlockedRemoveHeadList(head, lock))
              .setUp(machine);
        });
  }

  @Test
  @Statement(239)
  void theListsOfNdisAreSharedByThreadsAndDispatchLevel() {
    assertSafe(
        2,
        machine -> {
          ListEntry head = new ListEntry("queue");
          NdisSpinLock lock = new NdisSpinLock("lock");
          machine.startThread("Insert", () -> Ndis.interlockedInsertTailList(head, new Item().entry, lock));
          machine.startThread(
              "Receive",
              () -> {
                Irql old = Ke.raiseIrqlToDpcLevel();
                Ndis.interlockedRemoveHeadList(head, lock);
                assertEquals(Irql.DISPATCH_LEVEL, Ke.getCurrentIrql());
                Ke.lowerIrql(old);
              });
        });
  }

  @Test
  @Statement(240)
  void anSListLosesNothing() {
    assertSafe(2, InterlockedListsTest::pushPopAndFlush);
  }

  private static void pushPopAndFlush(Machine machine) {
    SListHeader header = new SListHeader("header");
    AtomicInteger taken = new AtomicInteger();
    Ex.interlockedPushEntrySList(header, new SListEntry("a"));
    machine.startThread("Push", () -> Ex.interlockedPushEntrySList(header, new SListEntry("b")));
    machine.startThread(
        "Pop",
        () -> {
          if (Ex.interlockedPopEntrySList(header) != null) {
            taken.incrementAndGet();
          }
        });
    machine.startThread(
        "Flush",
        () -> {
          for (SListEntry each = Ex.interlockedFlushSList(header); each != null; each = each.next()) {
            taken.incrementAndGet();
          }
        });
    machine.afterwards(
        () -> {
          assertEquals(2, taken.get() + Ex.queryDepthSList(header));
          assertTrue(taken.get() >= 1);
        });
  }
}
