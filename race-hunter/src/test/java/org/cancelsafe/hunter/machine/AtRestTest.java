package org.cancelsafe.hunter.machine;

import static org.cancelsafe.hunter.machine.Hunts.assertFinds;
import static org.cancelsafe.hunter.machine.Hunts.assertSafe;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.Hammer;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** What comes when everything is at rest comes after everything else, one after the other. */
class AtRestTest {
  private static void countAtRest(Machine machine) {
    InterlockedLong count = new InterlockedLong("count", 0);
    machine.atRest("third", () -> assertEquals(3, count.increment()));
    machine.atRest("fourth", () -> assertEquals(4, count.increment()));
    machine.startThread("one", count::increment);
    machine.startThread("other", count::increment);
    machine.afterwards(() -> assertEquals(4, count.read()));
  }

  private static void waitFor(Machine machine, KEvent awaited, KEvent set) {
    machine.startThread("waiter", awaited::waitForSingleObject);
    machine.atRest("helper", set::set);
  }

  private static KEvent event(String name) {
    return new KEvent(name, KEvent.Type.NOTIFICATION_EVENT, false);
  }

  @Test
  void oneAfterTheOtherAfterAllElse() {
    assertSafe(2, AtRestTest::countAtRest);
    Hammer hammer = new Hammer(Scenario.named("rest").model(AtRestTest::countAtRest), 1);
    hammer.hammer(20);
    assertNull(hammer.report().finding());
  }

  @Test
  void whoWaitsForThatIsHelped() {
    assertSafe(
        2,
        machine -> {
          KEvent event = event("event");
          waitFor(machine, event, event);
        });
    assertFinds("Deadlock", 2, machine -> waitFor(machine, event("event"), event("another")));
  }
}
