package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.LiveRun.stopsWith;
import static org.cancelsafe.emu.machine.Irql.DISPATCH_LEVEL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.Ke;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.verifier.BugCheck;
import org.cancelsafe.emu.verifier.Rule;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IoTimerTest {
  private static DeviceObject device(Machine machine) {
    return IoManager.of(machine).createDevice(new DriverObject("driver"), "device", null);
  }

  @Test
  @Statement(217)
  void callsItsRoutineAboutOnceASecondAtDispatchLevel() {
    onMachine(
        machine -> {
          DeviceObject device = device(machine);
          KEvent called = new KEvent("called", KEvent.Type.SYNCHRONIZATION_EVENT, false);
          List<Object> seen = new CopyOnWriteArrayList<>();
          NtStatus status =
              device.initializeTimer(
                  (self, context) -> {
                    seen.addAll(List.of(self, context, Ke.getCurrentIrql()));
                    called.set();
                  },
                  "context");
          assertEquals(NtStatus.STATUS_SUCCESS, status);
          long start = System.nanoTime();
          device.startTimer();
          called.waitForSingleObject();
          long first = System.nanoTime();
          called.waitForSingleObject();
          long second = System.nanoTime();
          device.stopTimer();
          assertEquals(List.of(device, "context", DISPATCH_LEVEL), seen.subList(0, 3));
          assertTrue(first - start >= 900_000_000L, "the first call came after " + (first - start) + " ns");
          assertTrue(second - start >= 1_900_000_000L, "the second call came after " + (second - start) + " ns");
        });
  }

  @Test
  @Statement(216)
  void isInitialisedOnce() {
    BugCheck stop =
        stopsWith(
            Rule.TIMER_INITIALIZED_TWICE,
            machine -> {
              DeviceObject device = device(machine);
              device.initializeTimer((self, context) -> {}, null);
              device.initializeTimer((self, context) -> {}, null);
            });
    assertEquals(0xC9, stop.code().code());
    assertEquals(0x0A, stop.parameters().get(0));
  }

  @Test
  void isInitialisedAtPassiveLevelBeforeItIsStarted() {
    stopsWith(
        Rule.INITIALIZE_TIMER_ABOVE_PASSIVE,
        machine -> {
          DeviceObject device = device(machine);
          Ke.raiseIrqlToDpcLevel();
          device.initializeTimer((self, context) -> {}, null);
        });
    onMachine(machine -> assertThrows(IllegalStateException.class, device(machine)::startTimer));
  }

  @Test
  void isNotStoppedByItsOwnRoutine() {
    try (Machine machine = Machine.live().noise(1).build()) {
      IllegalStateException stop =
          assertThrows(
              IllegalStateException.class,
              () ->
                  machine.run(
                      () -> {
                        DeviceObject device = device(machine);
                        device.initializeTimer((self, context) -> self.stopTimer(), null);
                        device.startTimer();
                        new KEvent("never", KEvent.Type.NOTIFICATION_EVENT, false).waitForSingleObject();
                      }));
      assertEquals("IoStopTimer(device) inside the device's own IoTimer routine", stop.getMessage());
      assertInstanceOf(IllegalStateException.class, machine.failure());
    }
  }
}
