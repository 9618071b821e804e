package org.cancelsafe.hunter.machine;

import static org.cancelsafe.hunter.machine.Hunts.assertFinds;
import static org.cancelsafe.hunter.machine.Hunts.assertSafe;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.cancelsafe.emu.ex.FastMutex;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.hunter.Hunter;
import org.cancelsafe.hunter.Report;
import org.cancelsafe.hunter.ReportText;
import org.cancelsafe.hunter.scenario.Scenario;
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

  /** The read is lost because its driver waits for what somebody else has who waits for the read. */
  @Test
  void whatIsHeldWhileTheIrpIsWaitedForIsTheReason() {
    Report report =
        Hunter.explore(
            Scenario.named("test")
                .model(
                    machine -> {
                      IoManager io = IoManager.of(machine);
                      FastMutex mutex = new FastMutex("mutex");
                      DeviceObject lower = io.createDevice(pendingUnder(machine, mutex), "lower", null);
                      DeviceObject device = io.attachDevice(forwardingUnder(mutex, lower), "upper", null, lower);
                      Irp read = io.buildRequest(new FileObject("file", device), MajorFunction.IRP_MJ_READ);
                      machine.startThread("Read", () -> io.callDriver(device, read));
                    }));
    assertEquals("Deadlock", report.rule());
    assertTrue(ReportText.of(report).contains("Worker waits for mutex held by Read, who waits for IRP#1 completed"));
  }

  private static DriverObject pendingUnder(Machine machine, FastMutex mutex) {
    return new DriverObject("lower")
        .setMajorFunction(
            MajorFunction.IRP_MJ_READ,
            (device, irp) -> {
              irp.markPending();
              machine.startThread(
                  "Worker",
                  () -> {
                    mutex.acquire();
                    irp.setIoStatus(NtStatus.STATUS_SUCCESS, 0);
                    mutex.release();
                    irp.io().completeRequest(irp);
                  });
              return NtStatus.STATUS_PENDING;
            });
  }

  private static DriverObject forwardingUnder(FastMutex mutex, DeviceObject lower) {
    return new DriverObject("upper")
        .setMajorFunction(
            MajorFunction.IRP_MJ_READ,
            (device, irp) -> {
              mutex.acquire();
              irp.io().forwardIrpSynchronously(lower, irp);
              mutex.release();
              NtStatus status = irp.status();
              irp.io().completeRequest(irp);
              return status;
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
