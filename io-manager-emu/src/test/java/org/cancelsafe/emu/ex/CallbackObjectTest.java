package org.cancelsafe.emu.ex;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.cancelsafe.emu.ex.CallbackObject.Registration;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.verifier.Rule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callback objects: who is called, in which order, and until when. */
@Timeout(60)
class CallbackObjectTest {
  private final List<String> called = Collections.synchronizedList(new ArrayList<>());

  private void note(Object context, Object one, Object two) {
    called.add(context + " " + one + " " + two);
  }

  @Test
  void routinesAreCalledInTheOrderOfTheirRegistration() {
    onMachine(
        machine -> {
          CallbackObject callback = new CallbackObject("C", true);
          callback.notifyCallback("nobody", null);
          Registration a = callback.register(this::note, "a");
          Registration b = callback.register(this::note, "b");
          assertNotNull(a);
          assertNotNull(b);
          callback.notifyCallback(1, 2);
          assertEquals(List.of("a 1 2", "b 1 2"), called);
          called.clear();
          callback.unregister(a);
          callback.notifyCallback(3, null);
          assertEquals(List.of("b 3 null"), called);
          assertThrows(IllegalStateException.class, () -> callback.unregister(a));
          callback.unregister(b);
          callback.notifyCallback(4, null);
          assertEquals(1, called.size());
        });
  }

  @Test
  void withoutLeaveThereIsOne() {
    onMachine(
        machine -> {
          CallbackObject callback = new CallbackObject("C", false);
          Registration first = callback.register(this::note, "first");
          assertNotNull(first);
          assertNull(callback.register(this::note, "second"));
          callback.notifyCallback(1, 2);
          assertEquals(List.of("first 1 2"), called);
          callback.unregister(first);
          assertNotNull(callback.register(this::note, "second"));
        });
  }

  @Test
  void theyAreCalledAtTheNotifiersIrql() {
    onMachine(
        machine -> {
          CallbackObject callback = new CallbackObject("C", true);
          callback.register((context, one, two) -> called.add(Ke.getCurrentIrql().name()), null);
          callback.notifyCallback(null, null);
          Irql old = Ke.raiseIrqlToDpcLevel();
          callback.notifyCallback(null, null);
          Ke.lowerIrql(old);
          assertEquals(List.of("PASSIVE_LEVEL", "DISPATCH_LEVEL"), called);
        });
    stopsWith(
        Rule.IRQL_DISPATCH_LTE,
        machine -> {
          Ke.raiseIrql(Irql.DIRQL_5);
          new CallbackObject("C", true).notifyCallback(null, null);
        });
    stopsWith(
        Rule.IRQL_APC_LTE,
        machine -> {
          Ke.raiseIrqlToDpcLevel();
          new CallbackObject("C", true).register(this::note, null);
        });
  }

  @Test
  void whoUnregistersWaitsForARoutineThatRuns() {
    onMachine(
        machine -> {
          CallbackObject callback = new CallbackObject("C", true);
          KEvent inside = new KEvent("inside", KEvent.Type.NOTIFICATION_EVENT, false);
          KEvent go = new KEvent("go", KEvent.Type.NOTIFICATION_EVENT, false);
          KEvent gone = new KEvent("gone", KEvent.Type.NOTIFICATION_EVENT, false);
          Registration registration =
              callback.register(
                  (context, one, two) -> {
                    inside.set();
                    go.waitForSingleObject();
                    called.add("returns");
                  },
                  null);
          machine.startThread("notifier", () -> callback.notifyCallback(null, null));
          inside.waitForSingleObject();
          machine.startThread(
              "unregisters",
              () -> {
                callback.unregister(registration);
                called.add("unregistered");
                gone.set();
              });
          assertFalse(gone.waitForSingleObject(-50_000));
          go.set();
          gone.waitForSingleObject();
          assertEquals(List.of("returns", "unregistered"), called);
        });
  }
}
