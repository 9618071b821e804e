package org.cancelsafe.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.scenario.Scenario;
import org.junit.jupiter.api.Test;

class ReportJsonTest {
  private static void takeBoth(KSpinLock outer, KSpinLock inner) {
    Irql old = outer.acquire();
    inner.acquireAtDpcLevel();
    inner.releaseFromDpcLevel();
    outer.release(old);
  }

  private static void deadlock(Machine machine) {
    KSpinLock one = new KSpinLock("one");
    KSpinLock two = new KSpinLock("two");
    machine.startThread("Up", () -> takeBoth(one, two));
    machine.startThread("Down", () -> takeBoth(two, one));
  }

  private static JsonObject json(Scenario scenario) {
    return JsonParser.parseString(ReportJson.of(Hunter.explore(scenario))).getAsJsonObject();
  }

  @Test
  void hasTheStateAfterEveryStep() {
    JsonObject json = json(Scenario.named("deadlock").expectingRace("Deadlock").model(ReportJsonTest::deadlock));
    assertTrue(json.get("ok").getAsBoolean());
    assertEquals("Deadlock", json.get("rule").getAsString());
    JsonObject trace = json.getAsJsonObject("trace");
    assertEquals("[\"one\",\"two\"]", trace.get("objects").toString());
    assertEquals("Down", trace.getAsJsonArray("activities").get(1).getAsJsonObject().get("name").getAsString());
    assertEquals(2, trace.getAsJsonArray("holds").size());
    JsonArray steps = trace.getAsJsonArray("steps");
    JsonObject second = steps.get(1).getAsJsonObject();
    assertEquals("KeAcquireSpinLock(two)", second.get("text").getAsString());
    assertTrue(second.get("preempts").getAsBoolean());
    assertEquals("[2,2]", second.get("irqls").toString());
    assertEquals("[\"A !1\",\"B\"]", second.get("states").toString());
    assertTrue(second.get("site").getAsString().startsWith("ReportJsonTest.java:"));
  }

  @Test
  void hasNoTraceOfWhatGoesWell() {
    JsonObject json = json(Scenario.named("nothing").model(machine -> machine.startThread("Idle", () -> {})));
    assertEquals("verified", json.get("verdict").getAsString());
    assertTrue(json.get("trace").isJsonNull());
    assertTrue(json.get("rule").isJsonNull());
    assertFalse(json.get("how").getAsString().isEmpty());
  }

  @Test
  void hasTheHistoryOfTheIrp() {
    JsonObject json =
        json(
            Scenario.named("twice")
                .model(
                    machine -> {
                      IoManager io = IoManager.of(machine);
                      Irp irp = io.allocateIrp(1);
                      machine.startThread("Left", () -> io.completeRequest(irp));
                      machine.startThread("Right", () -> io.completeRequest(irp));
                    }));
    JsonArray history = json.getAsJsonArray("history");
    assertEquals(2, history.size());
    assertEquals(
        "{\"what\":\"IoCompleteRequest(IRP#1)\",\"activity\":\"Left\",\"irql\":\"PASSIVE_LEVEL\"}",
        history.get(0).toString());
    JsonObject other = json(Scenario.named("deadlock").expectingRace("Deadlock").model(ReportJsonTest::deadlock));
    assertTrue(other.getAsJsonArray("history").isEmpty());
  }
}
