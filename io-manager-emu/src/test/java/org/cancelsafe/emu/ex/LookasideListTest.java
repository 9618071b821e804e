package org.cancelsafe.emu.ex;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.LowResources;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lookaside lists: which entry comes again, and when one is made or freed. */
@Timeout(60)
class LookasideListTest {
  private final List<StringBuilder> freed = new ArrayList<>();
  private int made;

  private LookasideList<StringBuilder> list() {
    return new LookasideList<>("L", () -> new StringBuilder("entry " + ++made), freed::add);
  }

  @Test
  void theLastOneFreedIsTheFirstToComeAgain() {
    onMachine(
        machine -> {
          LookasideList<StringBuilder> list = list();
          StringBuilder first = list.allocate();
          StringBuilder second = list.allocate();
          assertEquals(2, made);
          list.free(first.append(" was used"));
          list.free(second);
          assertSame(second, list.allocate());
          assertSame(first, list.allocate());
          assertEquals("entry 1 was used", first.toString(), "nobody clears it");
          assertEquals(2, made);
          list.allocate();
          assertEquals(3, made);
          assertEquals(List.of(), freed);
        });
  }

  @Test
  void whatItHasNoRoomForIsFreed() {
    onMachine(
        machine -> {
          LookasideList<StringBuilder> list = list();
          List<StringBuilder> all = new ArrayList<>();
          for (int i = 0; i < 6; i++) {
            all.add(list.allocate());
          }
          all.forEach(list::free);
          assertEquals(all.subList(4, 6), freed);
          list.flush();
          assertEquals(6, freed.size());
          assertEquals(List.of(all.get(3), all.get(2), all.get(1), all.get(0)), freed.subList(2, 6));
          list.allocate();
          assertEquals(7, made);
        });
  }

  @Test
  void itIsForDispatchLevelToo() {
    onMachine(
        machine -> {
          LookasideList<StringBuilder> list = list();
          Irql old = Ke.raiseIrqlToDpcLevel();
          list.free(list.allocate());
          assertEquals(Irql.DISPATCH_LEVEL, Ke.getCurrentIrql());
          Ke.lowerIrql(old);
        });
    stopsWith(
        Rule.IRQL_DISPATCH_LTE,
        machine -> {
          Ke.raiseIrql(Irql.DIRQL_5);
          list().allocate();
        });
  }

  @Test
  void anEntryIsFreedOnce() {
    BugCheck stop =
        stopsWith(
            Rule.FREED_TWICE,
            machine -> {
              LookasideList<StringBuilder> list = list();
              StringBuilder entry = list.allocate();
              list.free(entry);
              list.free(entry);
            });
    assertTrue(
        stop.getMessage().startsWith("BAD_POOL_CALLER (0xC2/0x7): ExFreeToLookasideListEx(L, entry 1) by main"),
        stop.getMessage());
  }

  @Test
  void whereMemoryIsShortOnlyWhatIsKeptCanBeHad() {
    onMachine(
        Machine.live().lowResources(LowResources.randomized(1, 100)),
        machine -> {
          LookasideList<StringBuilder> list = list();
          assertNull(list.allocate());
          StringBuilder entry = new StringBuilder("mine");
          list.free(entry);
          assertSame(entry, list.allocate());
        });
  }

  @Test
  void aDeletedListKeepsNothing() {
    onMachine(
        machine -> {
          LookasideList<StringBuilder> list = list();
          StringBuilder entry = list.allocate();
          list.free(entry);
          list.delete();
          assertEquals(List.of(entry), freed);
          Exception e = assertThrows(IllegalStateException.class, list::allocate);
          assertTrue(e.getMessage().endsWith("ExDeleteLookasideListEx was called for it"), e.getMessage());
        });
  }
}
