package org.cancelsafe.hunter.machine;

import static org.cancelsafe.hunter.machine.Hunts.assertFinds;
import static org.cancelsafe.hunter.machine.Hunts.assertSafe;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.machine.Machine;
import org.junit.jupiter.api.Test;

/** Who waits for an IRP that nobody completes: a user's is cancelled in the end, a driver's own is not. */
class OwnIrpsTest {
  @Test
  void nobodyCancelsADriversOwnIrpForIt() {
    assertSafe(2, machine -> unload(machine, true));
    assertFinds("Deadlock", 2, machine -> unload(machine, false));
  }

  private static void unload(Machine machine, boolean cancels) {
    IoManager io = IoManager.of(machine);
    DeviceObject lower = holder(io, "lower");
    Irp own = io.allocateIrp(lower.stackSize());
    assertNotNull(own);
    KEvent idle = new KEvent("idle", KEvent.Type.NOTIFICATION_EVENT, false);
    own.nextStackLocation().setMajorFunction(MajorFunction.IRP_MJ_READ);
    own.setCompletionRoutine(
        (device, irp, context) -> {
          idle.set();
          return NtStatus.STATUS_MORE_PROCESSING_REQUIRED;
        },
        null,
        true,
        true,
        true);
    io.callDriver(lower, own);
    machine.startThread(
        "Unload",
        () -> {
          if (cancels) {
            io.cancelIrp(own);
          }
          idle.waitForSingleObject();
          io.freeIrp(own);
        });
  }

  /** A thread of a driver waits for a request that is cancelled when the user's thread exits. */
  @Test
  void aUsersRequestIsCancelledWhenItsThreadExits() {
    assertSafe(
        2,
        machine -> {
          IoManager io = IoManager.of(machine);
          DeviceObject lower = holder(io, "lower");
          DriverObject upper =
              new DriverObject("upper")
                  .setMajorFunction(
                      MajorFunction.IRP_MJ_READ,
                      (device, irp) -> {
                        io.forwardIrpSynchronously(lower, irp);
                        NtStatus status = irp.status();
                        io.completeRequest(irp);
                        return status;
                      });
          DeviceObject device = io.attachDevice(upper, "upper", null, lower);
          Irp read = io.buildRequest(new FileObject("file", device), MajorFunction.IRP_MJ_READ);
          machine.startThread("Read", () -> io.callDriver(device, read));
        });
  }

  /** A device whose reads wait until they are cancelled. */
  private static DeviceObject holder(IoManager io, String name) {
    DriverObject driver =
        new DriverObject(name)
            .setMajorFunction(
                MajorFunction.IRP_MJ_READ,
                (device, irp) -> {
                  irp.markPending();
                  irp.setCancelRoutine(
                      (own, cancelled) -> {
                        io.releaseCancelSpinLock(cancelled.cancelIrql());
                        cancelled.setIoStatus(NtStatus.STATUS_CANCELLED, 0);
                        io.completeRequest(cancelled);
                      });
                  return NtStatus.STATUS_PENDING;
                });
    return io.createDevice(driver, name, null);
  }
}
