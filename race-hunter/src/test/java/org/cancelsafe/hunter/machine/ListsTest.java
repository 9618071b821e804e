package org.cancelsafe.hunter.machine;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every list routine's accesses to links are seen: each link it writes or reads is a race with who does not lock. */
class ListsTest {
  /** A list of two entries, a loose one, and a ring of two without a head. */
  private static final class Lists {
    final ListEntry head = new ListEntry("head");
    final ListEntry first = new ListEntry(named("first"));
    final ListEntry last = new ListEntry(named("last"));
    final ListEntry loose = new ListEntry(named("loose"));
    final ListEntry ring = new ListEntry(named("ring"));
    final ListEntry ringLast = new ListEntry(named("ringLast"));

    Lists() {
      head.insertTail(first);
      head.insertTail(last);
      ring.initialize();
      ring.insertTail(ringLast);
    }

    private static ListEntry named(Object container) {
      return new ListEntry(container);
    }
  }

  private enum Link {
    HEAD(lists -> lists.head),
    FIRST(lists -> lists.first),
    LAST(lists -> lists.last),
    LOOSE(lists -> lists.loose),
    RING(lists -> lists.ring),
    RING_LAST(lists -> lists.ringLast);

    private final Function<Lists, ListEntry> entry;

    Link(Function<Lists, ListEntry> entry) {
      this.entry = entry;
    }

    Consumer<Lists> readBy(Consumer<ListEntry> read) {
      return lists -> read.accept(entry.apply(lists));
    }
  }

  /** A routine, and the links that it writes. */
  private record Write(String routine, Consumer<Lists> call, List<Link> links) {
    static Write of(String routine, Consumer<Lists> call, Link... links) {
      return new Write(routine, call, List.of(links));
    }
  }

  private static final List<Write> WRITES =
      List.of(
          Write.of("InitializeListHead", lists -> lists.loose.initialize(), Link.LOOSE),
          Write.of("InsertHeadList", lists -> lists.head.insertHead(lists.loose), Link.HEAD, Link.FIRST, Link.LOOSE),
          Write.of("InsertTailList", lists -> lists.head.insertTail(lists.loose), Link.HEAD, Link.LAST, Link.LOOSE),
          Write.of(
              "AppendTailList",
              lists -> lists.head.appendTail(lists.ring),
              Link.HEAD,
              Link.LAST,
              Link.RING,
              Link.RING_LAST),
          Write.of("an insert", lists -> lists.loose.insertBefore(lists.last), Link.FIRST, Link.LAST, Link.LOOSE),
          Write.of("RemoveEntryList", lists -> lists.first.removeEntry(), Link.HEAD, Link.FIRST, Link.LAST),
          Write.of("RemoveHeadList", lists -> lists.head.removeHead(), Link.HEAD, Link.FIRST, Link.LAST),
          Write.of("RemoveTailList", lists -> lists.head.removeTail(), Link.HEAD, Link.FIRST, Link.LAST));

  private static final List<Consumer<ListEntry>> READS =
      List.of(ListEntry::flink, ListEntry::blink, ListEntry::isEmpty);

  @TestFactory
  Stream<DynamicTest> aWriteAndARead() {
    return forEachWrite(
        (write, link) -> {
          for (Consumer<ListEntry> read : READS) {
            Hunts.assertFinds("DataRace", 2, machine -> race(machine, write, link.readBy(read)));
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> aWriteAndAReadUnderOneLock() {
    return forEachWrite(
        (write, link) ->
            Hunts.assertSafe(
                2,
                machine -> {
                  KSpinLock lock = new KSpinLock("lock");
                  race(machine, locked(lock, write), locked(lock, link.readBy(ListEntry::flink)));
                }));
  }

  /** Who looks into an empty list reads its head. */
  @TestFactory
  Stream<DynamicTest> aRemovalFromAnEmptyList() {
    Map<String, Consumer<ListEntry>> removals =
        Map.of("RemoveHeadList", ListEntry::removeHead, "RemoveTailList", ListEntry::removeTail);
    return removals.entrySet().stream()
        .map(
            removal ->
                dynamicTest(
                    removal.getKey(),
                    () ->
                        Hunts.assertFinds(
                            "DataRace",
                            2,
                            machine -> {
                              ListEntry empty = new ListEntry("empty");
                              machine.startThread("Remove", () -> removal.getValue().accept(empty));
                              machine.startThread("Initialize", empty::initialize);
                            })));
  }

  private static Stream<DynamicTest> forEachWrite(BiConsumer<Consumer<Lists>, Link> check) {
    return WRITES.stream()
        .flatMap(
            write ->
                write.links().stream()
                    .map(
                        link ->
                            dynamicTest(
                                write.routine() + " and " + link,
                                () -> check.accept(write.call(), link))));
  }

  private static Consumer<Lists> locked(KSpinLock lock, Consumer<Lists> access) {
    return lists -> {
      Irql irql = lock.acquire();
      access.accept(lists);
      lock.release(irql);
    };
  }

  private static void race(Machine machine, Consumer<Lists> write, Consumer<Lists> read) {
    Lists lists = new Lists();
    machine.startThread("Write", () -> write.accept(lists));
    machine.startThread("Read", () -> read.accept(lists));
  }
}
