package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.cancelsafe.emu.machine.LiveMachineBuilder;
import org.cancelsafe.emu.machine.LowResources;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;

/** Allocations fail when a machine is told so, and no other. */
class LowResourcesTest {
  private static List<Boolean> allocations(LiveMachineBuilder builder, int count) {
    List<Boolean> succeeded = new ArrayList<>();
    onMachine(
        builder,
        machine -> {
          for (int i = 0; i < count; i++) {
            succeeded.add(IoManager.of(machine).allocateIrp(1) != null);
          }
        });
    return succeeded;
  }

  @Test
  @Statement(48)
  void allocateIrpReturnsNullWhenThereIsNoMemory() {
    assertEquals(List.of(false), allocations(Machine.live().lowResources(LowResources.randomized(1, 100)), 1));
  }

  @Test
  void theSystematicOneFailsOneAllocation() {
    LowResources.Systematic third = LowResources.systematic(3);
    assertEquals(List.of(true, true), allocations(Machine.live().lowResources(third), 2));
    assertTrue(!third.isReached());
    LowResources.Systematic second = LowResources.systematic(2);
    assertEquals(List.of(true, false, true), allocations(Machine.live().lowResources(second), 3));
    assertTrue(second.isReached());
  }

  @Test
  void theRandomOneFailsSixOfAHundredTheSameEachTime() {
    List<Boolean> once = allocations(Machine.live().lowResources(42), 10_000);
    int failed = Collections.frequency(once, false);
    assertTrue(failed > 450 && failed < 750, "failed: " + failed);
    assertEquals(once, allocations(Machine.live().lowResources(42), 10_000));
    assertNotEquals(once, allocations(Machine.live().lowResources(43), 10_000));
  }

  @Test
  void noneFailsUnlessSomebodySaysSo() {
    assertEquals(0, Collections.frequency(allocations(Machine.live(), 1_000), false));
  }

  @Test
  void theRequestersOwnIrpDoesNotFail() {
    onMachine(
        Machine.live().lowResources(LowResources.randomized(1, 100)),
        machine ->
            assertNotNull(
                Drivers.read(
                    machine,
                    IoManager.of(machine)
                        .createDevice(
                            new DriverObject("d")
                                .setMajorFunction(
                                    MajorFunction.IRP_MJ_READ, Drivers.completing(NtStatus.STATUS_SUCCESS)),
                            "d",
                            null))));
  }

  @Test
  void badNumbersAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> LowResources.systematic(0));
    assertThrows(IllegalArgumentException.class, () -> LowResources.randomized(1, 101));
  }
}
