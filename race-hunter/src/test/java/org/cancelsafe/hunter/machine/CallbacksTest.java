package org.cancelsafe.hunter.machine;

import static org.cancelsafe.hunter.machine.Hunts.assertFinds;
import static org.cancelsafe.hunter.machine.Hunts.assertSafe;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.cancelsafe.emu.ex.CallbackObject;
import org.cancelsafe.emu.ex.CallbackObject.Registration;
import org.cancelsafe.emu.ex.LookasideList;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.Verdict;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

/** Callback objects and lookaside lists on an explored machine. */
class CallbacksTest {
  /** A notifier beside who frees what the routine was registered with. */
  private static void unload(Machine machine, boolean unregisters) {
    CallbackObject callback = new CallbackObject("C", true);
    Shared<String> context = new Shared<>("Context", "alive");
    Registration registration = callback.register((unused, one, two) -> context.get(), null);
    machine.startThread("Notifier", () -> callback.notifyCallback(null, null));
    machine.startThread(
        "Unload",
        () -> {
          if (unregisters && registration != null) {
            callback.unregister(registration);
          }
          context.set("freed");
        });
  }

  @Test
  void whatWasUnregisteredIsNotRunning() {
    assertSafe(2, machine -> unload(machine, true));
  }

  @Test
  void whatWasNotUnregisteredIs() {
    assertFinds("DataRace", 2, machine -> unload(machine, false));
  }

  @Test
  void aRoutineThatUnregistersItselfWaitsForItself() {
    assertFinds(
        "Deadlock",
        1,
        machine -> {
          CallbackObject callback = new CallbackObject("C", true);
          Registration[] own = new Registration[1];
          own[0] = callback.register((unused, one, two) -> callback.unregister(own[0]), null);
          machine.startThread("Notifier", () -> callback.notifyCallback(null, null));
        });
  }

  /** Two users of a lookaside list, one of whom looks at its entry once more when it was freed. */
  private static void recycled(Machine machine, boolean looksAgain) {
    LookasideList<Shared<String>> list = new LookasideList<>("L", () -> new Shared<>("Entry", ""), entry -> {});
    list.free(new Shared<>("Entry", ""));
    machine.startThread(
        "A",
        () -> {
          Shared<String> entry = list.allocate();
          entry.set("A's");
          list.free(entry);
          if (looksAgain) {
            entry.get();
          }
        });
    machine.startThread(
        "B",
        () -> {
          Shared<String> entry = list.allocate();
          entry.set("B's");
          list.free(entry);
        });
  }

  @Test
  void anEntryIsOneUsersAfterTheOther() {
    assertSafe(2, machine -> recycled(machine, false));
  }

  @Test
  void anEntryThatWasFreedIsSomebodyElses() {
    assertFinds("DataRace", 2, machine -> recycled(machine, true));
  }

  /** The trace tells what frees the entries. */
  @Test
  void aListThatIsDeletedUnderItsUser() {
    Report report =
        Hunter.explore(
            Scenario.named("test")
                .model(
                    machine -> {
                      LookasideList<Object> list = new LookasideList<>("list", Object::new, entry -> {});
                      machine.startThread("User", list::allocate);
                      machine.startThread("Unload", list::delete);
                    }));
    assertEquals(Verdict.RACE, report.verdict());
    assertTrue(ReportText.of(report).contains("  ExDeleteLookasideListEx(list)"), () -> ReportText.of(report));
  }
}
