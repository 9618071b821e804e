package org.cancelsafe.hunter.machine;

import static org.cancelsafe.hunter.machine.Hunts.assertFinds;
import static org.cancelsafe.hunter.machine.Hunts.assertSafe;

import org.cancelsafe.emu.ex.InterlockedPointer;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.hunter.scenario.Scenario.Model;
import org.junit.jupiter.api.Test;

/** Somebody takes a request out of a slot if the slot still holds the pointer he saw before. */
class RecycledIrpsTest {
  private static Model replacedWhileLookedAt(int lookasideDepth) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      io.setIrpLookasideDepth(lookasideDepth);
      Irp first = io.allocateIrp(1);
      first.nextStackLocation().setLength(1);
      InterlockedPointer<Irp> slot = new InterlockedPointer<>("slot", first);
      machine.startThread(
          "Looker",
          () -> {
            Irp seen = slot.read();
            if (seen == first && slot.compareExchange(null, seen) == seen && seen.nextStackLocation().length() != 1) {
              throw new AssertionError("took another request than the one it saw");
            }
          });
      machine.startThread(
          "Replacer",
          () -> {
            if (slot.exchange(null) == first) {
              io.freeIrp(first);
              Irp next = io.allocateIrp(1);
              next.nextStackLocation().setLength(2);
              slot.write(next);
            }
          });
    };
  }

  @Test
  void aRecycledIrpIsTakenForTheOneBefore() {
    assertFinds("AssertionFailed", 4, replacedWhileLookedAt(1));
  }

  @Test
  void anIrpOfItsOwnIsNot() {
    assertSafe(4, replacedWhileLookedAt(0));
  }
}
