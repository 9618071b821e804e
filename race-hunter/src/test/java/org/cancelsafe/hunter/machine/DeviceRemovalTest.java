package org.cancelsafe.hunter.machine;

import static org.cancelsafe.hunter.machine.Hunts.assertFinds;
import static org.cancelsafe.hunter.machine.Hunts.assertLeavesOut;
import static org.cancelsafe.hunter.machine.Hunts.assertSafe;

import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverDispatch;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.IoRemoveLock;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.machine.Machine;
import org.junit.jupiter.api.Test;

/** A filter passes a read on while its stack is taken down. */
class DeviceRemovalTest {
  private enum Held {
    NOT_AT_ALL,
    UNTIL_SENT,
    WHILE_SENT
  }

  @Test
  void theRemoveLockIsHeldWhileTheIrpIsSent() {
    assertSafe(2, machine -> removal(machine, Held.WHILE_SENT, false));
    assertFinds("DataRace", 2, machine -> removal(machine, Held.UNTIL_SENT, false));
    assertFinds("DataRace", 2, machine -> removal(machine, Held.NOT_AT_ALL, false));
  }

  /** Its end may come with the last reference. */
  @Test
  void ofADeviceThatSomebodyHasReferredToNotEverythingIsSeen() {
    assertLeavesOut(2, machine -> removal(machine, Held.WHILE_SENT, true));
  }

  private static void removal(Machine machine, Held held, boolean refersTo) {
    IoManager io = IoManager.of(machine);
    IoRemoveLock lock = new IoRemoveLock("RemoveLock");
    DeviceObject lower = io.createDevice(reader((device, irp) -> complete(irp, NtStatus.STATUS_SUCCESS)), "lower", null);
    DriverDispatch filter =
        (device, irp) -> {
          if (held != Held.NOT_AT_ALL && !lock.acquire(irp).isSuccess()) {
            return complete(irp, NtStatus.STATUS_DELETE_PENDING);
          }
          if (held == Held.UNTIL_SENT) {
            lock.release(irp);
          }
          irp.skipCurrentStackLocation();
          NtStatus status = io.callDriver(lower, irp);
          if (held == Held.WHILE_SENT) {
            lock.release(irp);
          }
          return status;
        };
    DeviceObject device = io.attachDevice(reader(filter), "filter", null, lower);
    Irp read = io.buildRequest(new FileObject("file", device), MajorFunction.IRP_MJ_READ);
    if (refersTo) {
      lower.reference();
      lower.dereference();
    }
    machine.startThread("Read", () -> io.callDriver(device, read));
    machine.startThread(
        "Remove",
        () -> {
          lock.acquire("remove");
          lock.releaseAndWait("remove");
          lower.detachDevice();
          device.delete();
          lower.delete();
        });
  }

  /** The file is open as long as the requests come, and keeps the device. */
  @Test
  void theNextRequestOfAnOpenFileFindsTheDevice() {
    assertSafe(
        2,
        machine -> {
          IoManager io = IoManager.of(machine);
          KEvent removed = new KEvent("removed", KEvent.Type.NOTIFICATION_EVENT, false);
          DeviceObject device =
              io.createDevice(
                  reader((own, irp) -> complete(irp, NtStatus.STATUS_DELETE_PENDING)), "device", null);
          FileObject file = new FileObject("file", device);
          machine.startThread(
              "App",
              () -> {
                removed.waitForSingleObject();
                io.request(file, MajorFunction.IRP_MJ_READ);
              });
          machine.startThread(
              "Remove",
              () -> {
                device.delete();
                removed.set();
              });
        });
  }

  private static DriverObject reader(DriverDispatch read) {
    return new DriverObject("driver").setMajorFunction(MajorFunction.IRP_MJ_READ, read);
  }

  private static NtStatus complete(Irp irp, NtStatus status) {
    irp.setIoStatus(status, 0);
    irp.io().completeRequest(irp);
    return status;
  }
}
