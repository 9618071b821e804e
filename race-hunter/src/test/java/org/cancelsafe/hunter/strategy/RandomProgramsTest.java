package org.cancelsafe.hunter.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.cancelsafe.hunter.coroutine.Switchers;
import org.junit.jupiter.api.Test;

/**
 * The oracle: on random small programs with locks, exchanges, branches on values read, events, timers, DPCs and an ISR,
 * and on those about a device, on one processor and on several, source-DPOR sees the classes, the failures and the
 * outcomes that brute force sees: the same sets, and each class once.
 */
class RandomProgramsTest {
  private static final int PROGRAMS = 300;
  private static final int DEVICES = 40;
  private static final int MOST_OF_DEVICES = 200;
  private static final int MOST_SCHEDULES = Switchers.isFast() ? 1_500 : 200;

  @Test
  void sourceDporSeesTheClassesAndFailuresThatBruteForceSees() {
    int compared = 0;
    int classes = 0;
    int redundant = 0;
    int schedules = 0;
    int failing = 0;
    for (long seed = 1; compared < PROGRAMS; seed++) {
      long chosen = seed;
      Comparison comparison =
          Comparison.of(outcomes -> RandomProgram.scenario(chosen, outcomes), SourceDpor::new, MOST_SCHEDULES);
      if (comparison == null) {
        continue;
      }
      assertRight(comparison, "program " + seed);
      compared++;
      classes += comparison.reduced().classes().size();
      redundant += comparison.reduced().redundant();
      schedules += comparison.brute().runs().size();
      failing += comparison.brute().failures().isEmpty() ? 0 : 1;
    }
    assertTrue(failing > PROGRAMS / 10, "programs that fail: " + failing);
    String sum = classes + " classes of " + schedules + " schedules, " + redundant + " redundant runs";
    assertTrue(classes * 3 < schedules && redundant * 10 < classes, sum);
  }

  @Test
  void sourceDporSeesWhatDevicesDo() {
    int compared = 0;
    for (long seed = 1; compared < DEVICES; seed++) {
      long chosen = seed;
      Comparison comparison =
          Comparison.of(outcomes -> RandomDevice.scenario(chosen, outcomes), SourceDpor::new, MOST_OF_DEVICES);
      if (comparison != null) {
        assertRight(comparison, "device " + seed);
        compared++;
      }
    }
  }

  private static void assertRight(Comparison comparison, String program) {
    assertEquals(Set.of(), comparison.lostClasses(), () -> program + " lost classes");
    assertEquals(Set.of(), comparison.inventedClasses(), () -> program + " invented classes");
    assertEquals(comparison.brute().failures(), comparison.reduced().failures(), program);
    assertEquals(comparison.brute().rulesBroken(), comparison.proof().rulesBroken(), program);
    assertEquals(comparison.bruteOutcomes(), comparison.proofOutcomes(), program);
    assertEquals(0, comparison.reduced().duplicates(), program);
  }
}
