package org.cancelsafe.emu.machine;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

/** Two accesses that meet. */
class WatchpointsTest {
  private final Machine machine = Machine.live().build();
  private final Watchpoints watchpoints = new Watchpoints();
  private final Cell cell = new Shared<>("counter", 0);
  private final Activity first = machine.newActivity(ActivityKind.THREAD, "First", () -> {});
  private final Activity second = machine.newActivity(ActivityKind.THREAD, "Second", () -> {});

  private void meet(boolean firstWrites, boolean secondWrites) {
    watchpoints.during(first, cell, firstWrites, () -> watchpoints.check(second, cell, secondWrites));
  }

  @Test
  void ofWhichOneWritesAreADataRace() {
    DataRace race = assertThrows(DataRace.class, () -> meet(false, true));
    assertEquals("counter is read by First and at the same time written by Second", race.getMessage());
    assertSame(cell, race.cell());
    assertThrows(DataRace.class, () -> meet(true, false));
    assertThrows(DataRace.class, () -> meet(true, true));
  }

  @Test
  void thatReadAreNone() {
    assertDoesNotThrow(() -> meet(false, false));
  }

  @Test
  void toTwoCellsAreNone() {
    Cell other = new Shared<>("other", 0);
    assertDoesNotThrow(
        () -> watchpoints.during(first, cell, true, () -> watchpoints.check(second, other, true)));
  }

  @Test
  void oneAfterTheOtherAreNone() {
    watchpoints.during(first, cell, true, () -> {});
    assertDoesNotThrow(() -> watchpoints.check(second, cell, true));
  }

  @Test
  void whoReadsSecondDoesNotEndTheWatchOfTheFirst() {
    assertThrows(
        DataRace.class,
        () ->
            watchpoints.during(
                first,
                cell,
                false,
                () -> {
                  watchpoints.during(second, cell, false, () -> {});
                  watchpoints.check(second, cell, true);
                }));
  }
}
