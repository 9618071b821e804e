package org.cancelsafe.emu.io;

import static org.cancelsafe.emu.LiveRun.onMachine;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.machine.LiveMachineBuilder;
import org.cancelsafe.emu.machine.LowResources;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;

/** Allocations fail when a machine is told so, and no other. */
class LowResourcesTest {
  private final IoStatusBlock iosb = new IoStatusBlock();

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

  /** The first fails, and the second does not. */
  private static void fails(BiFunction<IoManager, DeviceObject, Object> allocation) {
    onMachine(
        Machine.live().lowResources(LowResources.systematic(1)),
        machine -> {
          DeviceObject device = Drivers.device(machine, Drivers.completing(NtStatus.STATUS_SUCCESS));
          IoManager io = IoManager.of(machine);
          assertNull(allocation.apply(io, device), "the first fails");
          assertNotNull(allocation.apply(io, device), "the second succeeds");
        });
  }

  @Test
  void makeAssociatedIrp() {
    Irp[] master = new Irp[1];
    fails(
        (io, device) -> {
          if (master[0] == null) {
            master[0] = io.buildRequest(new FileObject("F", device), MajorFunction.IRP_MJ_READ);
          }
          Irp associated = master[0].makeAssociatedIrp(1);
          assertEquals(associated == null ? 0 : 1, master[0].irpCount());
          return associated;
        });
  }

  @Test
  void buildSynchronousFsdRequest() {
    KEvent event = new KEvent("E", KEvent.Type.NOTIFICATION_EVENT, false);
    fails((io, device) -> sent(io.buildSynchronousFsdRequest(IRP_MJ_READ, device, null, 0, 0, event, iosb), device));
  }

  @Test
  void buildAsynchronousFsdRequest() {
    fails((io, device) -> io.buildAsynchronousFsdRequest(IRP_MJ_READ, device, null, 0, 0, iosb));
  }

  @Test
  void buildDeviceIoControlRequest() {
    fails(
        (io, device) ->
            sent(io.buildDeviceIoControlRequest(1, device, null, 0, null, 0, false, null, iosb), device));
  }

  private static Irp sent(Irp irp, DeviceObject device) {
    if (irp != null) {
      device.io().callDriver(device, irp);
    }
    return irp;
  }

  @Test
  void allocateWorkItem() {
    fails((io, device) -> device.allocateWorkItem());
  }

  @Test
  void allocateMdl() {
    fails((io, device) -> io.allocateMdl(new Object(), 1, false, false, null));
  }

  @Test
  void anMdlIsTheIrpsOrTheLastOfItsChain() {
    onMachine(
        machine -> {
          IoManager io = IoManager.of(machine);
          Irp irp = io.allocateIrp(1);
          Mdl first = io.allocateMdl("first", 5, false, false, irp);
          Mdl second = io.allocateMdl("second", 6, true, false, irp);
          Mdl third = io.allocateMdl("third", 5, true, false, irp);
          assertSame(first, irp.mdlAddress());
          assertSame(second, first.next());
          assertSame(third, second.next());
          assertNull(third.next());
          Mdl other = io.allocateMdl("other", 5, false, false, irp);
          assertSame(other, irp.mdlAddress());
        });
  }

  @Test
  void setCompletionRoutineEx() {
    onMachine(
        Machine.live().lowResources(LowResources.systematic(2)),
        machine -> {
          DeviceObject device = Drivers.device(machine, Drivers.completing(NtStatus.STATUS_SUCCESS));
          Irp irp = IoManager.of(machine).allocateIrp(1);
          irp.nextStackLocation().setMajorFunction(MajorFunction.IRP_MJ_READ);
          assertEquals(NtStatus.STATUS_INSUFFICIENT_RESOURCES, setRoutine(irp, device));
          assertNull(irp.nextStackLocation().completionRoutine());
          assertEquals(NtStatus.STATUS_SUCCESS, setRoutine(irp, device));
          IoManager.of(machine).callDriver(device, irp);
        });
  }

  private static NtStatus setRoutine(Irp irp, DeviceObject device) {
    return irp.setCompletionRoutineEx(
        device, (its, back, context) -> NtStatus.STATUS_MORE_PROCESSING_REQUIRED, null, true, true, true);
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
