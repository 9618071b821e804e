package org.cancelsafe.emu.ex;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.onProcessors;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.emu.verifier.Verifier;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class InterlockedListTest {
  private final KSpinLock lock = new KSpinLock("L");
  private final ListEntry head = new ListEntry("Q");
  private final ListEntry a = entry("a");
  private final ListEntry b = entry("b");
  private final ListEntry c = entry("c");

  private static ListEntry entry(String container) {
    return new ListEntry((Object) container);
  }

  @Test
  @Statement(232)
  void insertHeadReturnsTheOldFirstEntry() {
    onMachine(
        machine -> {
          assertNull(Ex.interlockedInsertHeadList(head, a, lock));
          assertSame(a, Ex.interlockedInsertHeadList(head, b, lock));
          assertSame(b, Ex.interlockedInsertHeadList(head, c, lock));
          assertEquals("(c b a)", head.snapshot());
        });
  }

  @Test
  @Statement(233)
  void insertTailReturnsTheOldLastEntry() {
    onMachine(
        machine -> {
          assertNull(Ex.interlockedInsertTailList(head, a, lock));
          assertSame(a, Ex.interlockedInsertTailList(head, b, lock));
          assertSame(b, Ex.interlockedInsertTailList(head, c, lock));
          assertEquals("(a b c)", head.snapshot());
        });
  }

  @Test
  @Statement(234)
  void removeHeadReturnsNullWhereThePlainRoutineReturnsTheHead() {
    onMachine(
        machine -> {
          ListEntry plain = new ListEntry("P");
          assertSame(plain, plain.removeHead());
          assertNull(Ex.interlockedRemoveHeadList(head, lock));
          Ex.interlockedInsertTailList(head, a, lock);
          Ex.interlockedInsertTailList(head, b, lock);
          assertSame(a, Ex.interlockedRemoveHeadList(head, lock));
          assertSame(b, Ex.interlockedRemoveHeadList(head, lock));
          assertNull(Ex.interlockedRemoveHeadList(head, lock));
          Ex.interlockedInsertHeadList(head, a, lock);
          assertEquals("(a)", head.snapshot());
        });
  }

  @Test
  @Statement(235)
  void theCallerHoldsTheLockItPasses() {
    for (Verifier verifier : Verifier.values()) {
      BugCheck stop =
          stopsWith(
              Rule.SPIN_LOCK_RECURSION,
              Machine.live().verifier(verifier),
              machine -> {
                KSpinLock held = new KSpinLock("H");
                held.acquire();
                Ex.interlockedInsertTailList(new ListEntry("Q"), entry("e"), held);
              });
      assertTrue(stop.explanation().endsWith(" already owns H"), stop.explanation());
    }
  }

  @Test
  @Statement(236)
  void theLockOfAListIsAcquired() {
    BugCheck stop =
        stopsWith(
            Rule.INTERLOCKED_LIST_LOCK,
            machine -> {
              Ex.interlockedInsertTailList(head, a, lock);
              lock.acquire();
            });
    assertEquals("[4104, L]", stop.parameters().toString());
    assertTrue(stop.explanation().endsWith(" acquires L, which is the lock of an interlocked list"));
    stopsWith(
        Rule.INTERLOCKED_LIST_LOCK,
        machine -> {
          KSpinLock own = new KSpinLock("O");
          Ex.interlockedRemoveHeadList(new ListEntry("Q"), own);
          Ke.raiseIrqlToDpcLevel();
          own.acquireAtDpcLevel();
        });
  }

  @Test
  @Statement(236)
  void anAcquiredLockIsPassedToAListRoutine() {
    BugCheck stop =
        stopsWith(
            Rule.INTERLOCKED_LIST_LOCK,
            machine -> {
              lock.release(lock.acquire());
              Ex.interlockedInsertTailList(head, a, lock);
            });
    assertEquals(
        "L, which was acquired as a spin lock, is passed to an interlocked list routine", stop.explanation());
  }

  @Test
  void theKernelItselfDoesNotNoticeAListLockThatIsAcquired() {
    onMachine(
        Machine.live().verifier(Verifier.OFF),
        machine -> {
          Ex.interlockedInsertTailList(head, a, lock);
          lock.release(lock.acquire());
          assertSame(a, head.removeHead());
          head.insertTail(a);
          assertSame(a, Ex.interlockedRemoveHeadList(head, lock));
        });
  }

  private static ListEntry initialised(String name) {
    ListEntry entry = entry(name);
    entry.initialize();
    return entry;
  }

  static Stream<Named<Runnable>> plainCalls() {
    ListEntry head = new ListEntry("Q");
    ListEntry first = entry("a");
    KSpinLock lock = new KSpinLock("L");
    return Stream.<Named<Runnable>>of(
            Named.of("insertHead", () -> head.insertHead(entry("e"))),
            Named.of("insertTail", () -> head.insertTail(entry("e"))),
            Named.of("insertBefore", () -> entry("e").insertBefore(first)),
            Named.of("appendTail", () -> head.appendTail(initialised("e"))),
            Named.of("appendTail of its entries", () -> new ListEntry("P").appendTail(first)),
            Named.of("removeHead", head::removeHead),
            Named.of("removeTail", head::removeTail),
            Named.of("removeEntry", first::removeEntry))
        .map(
            call ->
                Named.of(
                    call.getName(),
                    () -> {
                      if (!first.isLinked()) {
                        Ex.interlockedInsertTailList(head, first, lock);
                      }
                      call.getPayload().run();
                    }));
  }

  @ParameterizedTest
  @MethodSource("plainCalls")
  @Statement(237)
  void aPlainCallOnAnInterlockedList(Runnable call) {
    BugCheck stop = stopsWith(Rule.INTERLOCKED_LIST, machine -> call.run());
    assertTrue(stop.explanation().endsWith(", which interlocked routines change under L"), stop.explanation());
  }

  @Test
  @Statement(237)
  void anInterlockedCallOnAPlainList() {
    BugCheck stop =
        stopsWith(
            Rule.INTERLOCKED_LIST,
            machine -> {
              head.insertTail(a);
              Ex.interlockedInsertTailList(head, b, lock);
            });
    assertEquals(
        "Q, changed by plain list routines, is changed by an interlocked routine under L", stop.explanation());
  }

  @Test
  @Statement(237)
  void oneListUnderTwoLocks() {
    BugCheck stop =
        stopsWith(
            Rule.INTERLOCKED_LIST,
            machine -> {
              Ex.interlockedInsertTailList(head, a, lock);
              Ex.interlockedRemoveHeadList(head, new KSpinLock("M"));
            });
    assertEquals("Q, changed under L, is changed by an interlocked routine under M", stop.explanation());
  }

  @Test
  void oneLockForTwoListsAndAnEntryThatWandersBetweenThem() {
    onMachine(
        machine -> {
          ListEntry other = new ListEntry("R");
          ListEntry plain = new ListEntry("P");
          Ex.interlockedInsertTailList(head, a, lock);
          assertNull(Ex.interlockedInsertTailList(other, Ex.interlockedRemoveHeadList(head, lock), lock));
          plain.insertTail(Ex.interlockedRemoveHeadList(other, lock));
          assertTrue(a.removeEntry());
        });
  }

  @Test
  void anInitialisedHeadMayServeAPlainListAgain() {
    onMachine(
        machine -> {
          Ex.interlockedInsertTailList(head, a, lock);
          Ex.interlockedRemoveHeadList(head, lock);
          head.initialize();
          head.insertTail(b);
          assertSame(b, head.removeHead());
        });
  }

  @Test
  @Statement(238)
  void theRoutinesWorkAtAnyIrqlAndRestoreIt() {
    onMachine(
        machine -> {
          for (Irql level : Irql.values()) {
            Irql old = Ke.raiseIrql(level);
            Ex.interlockedInsertTailList(head, a, lock);
            assertSame(a, Ex.interlockedRemoveHeadList(head, lock));
            Ex.interlockedInsertHeadList(head, a, lock);
            assertSame(a, Ex.interlockedRemoveHeadList(head, lock));
            assertEquals(level, Ke.getCurrentIrql());
            Ke.lowerIrql(old);
          }
        });
  }

  @Test
  void insertingTwiceIsCaught() {
    stopsWith(
        Rule.CORRUPT_LIST_ENTRY,
        machine -> {
          Ex.interlockedInsertTailList(head, a, lock);
          Ex.interlockedInsertHeadList(head, a, lock);
        });
  }

  @Test
  void noEntryIsLost() {
    Set<Object> taken = ConcurrentHashMap.newKeySet();
    onProcessors(
        2,
        machine -> {
          for (int t = 0; t < 2; t++) {
            int thread = t;
            machine.startThread(
                "producer" + t,
                () -> {
                  for (int n = 0; n < 2_000; n++) {
                    Ex.interlockedInsertTailList(head, entry(thread + "." + n), lock);
                  }
                });
            machine.startThread(
                "consumer" + t,
                () -> {
                  while (taken.size() < 4_000) {
                    ListEntry entry = Ex.interlockedRemoveHeadList(head, lock);
                    if (entry != null) {
                      assertTrue(taken.add(entry.container()));
                    }
                  }
                });
          }
        });
    assertEquals(4_000, taken.size());
  }

  @Test
  void addUlongReturnsTheOriginalAndWrapsAround() {
    InterlockedLong number = new InterlockedLong("N", 0xFFFF_FFFEL);
    onMachine(
        machine -> {
          assertEquals(0xFFFF_FFFEL, Ex.interlockedAddUlong(number, 3, lock));
          assertEquals(1, Ex.interlockedAddUlong(number, 1, lock));
          assertEquals(2, number.read());
        });
  }
}
