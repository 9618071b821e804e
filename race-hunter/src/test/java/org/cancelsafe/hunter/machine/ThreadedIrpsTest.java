package org.cancelsafe.hunter.machine;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_CLEANUP;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_CLOSE;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;
import static org.cancelsafe.hunter.machine.Hunts.assertFinds;
import static org.cancelsafe.hunter.machine.Hunts.assertSafe;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverDispatch;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.Handle;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.IoStatusBlock;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.fidelity.Statement;
import org.junit.jupiter.api.Test;

/** IRPs that end with their thread, and files that end with their IRPs, explored. */
class ThreadedIrpsTest {
  private static NtStatus complete(Irp irp, NtStatus status) {
    irp.setIoStatus(status, 0);
    irp.io().completeRequest(irp);
    return status;
  }

  private static NtStatus pendCancelable(DeviceObject device, Irp irp) {
    irp.markPending();
    irp.setCancelRoutine(
        (own, cancelled) -> {
          cancelled.io().releaseCancelSpinLock(cancelled.cancelIrql());
          complete(cancelled, STATUS_CANCELLED);
        });
    if (irp.cancel() && irp.setCancelRoutine(null) != null) {
      complete(irp, STATUS_CANCELLED);
    }
    return STATUS_PENDING;
  }

  private static DeviceObject device(Machine machine, DriverDispatch read) {
    DriverObject driver = new DriverObject("driver").setMajorFunction(IRP_MJ_READ, read);
    return IoManager.of(machine).createDevice(driver, "device", null);
  }

  private static Irp read(DeviceObject device, KEvent event, IoStatusBlock iosb) {
    return device.io().buildSynchronousFsdRequest(IRP_MJ_READ, device, null, 0, 0, event, iosb);
  }

  @Test
  @Statement(94)
  void anExitingThreadTakesItsIrpsWithIt() {
    IoStatusBlock[] iosb = new IoStatusBlock[1];
    assertSafe(
        2,
        machine -> {
          iosb[0] = new IoStatusBlock();
          KEvent event = new KEvent("done", KEvent.Type.NOTIFICATION_EVENT, false);
          DeviceObject device = device(machine, ThreadedIrpsTest::pendCancelable);
          machine.startThread("Requester", () -> device.io().callDriver(device, read(device, event, iosb[0])));
          machine.startThread("Waiter", event::waitForSingleObject);
          machine.afterwards(() -> assertEquals(STATUS_CANCELLED, iosb[0].status()));
        });
  }

  @Test
  @Statement(94)
  void theDriverMayCompleteTheIrpWhileTheThreadExits() {
    assertSafe(
        2,
        machine -> {
          KEvent event = new KEvent("done", KEvent.Type.NOTIFICATION_EVENT, false);
          KEvent sent = new KEvent("sent", KEvent.Type.SYNCHRONIZATION_EVENT, false);
          Irp[] pended = new Irp[1];
          DeviceObject device =
              device(
                  machine,
                  (own, irp) -> {
                    irp.markPending();
                    pended[0] = irp;
                    sent.set();
                    return STATUS_PENDING;
                  });
          machine.startThread(
              "Requester", () -> device.io().callDriver(device, read(device, event, new IoStatusBlock())));
          machine.startThread(
              "Driver",
              () -> {
                sent.waitForSingleObject();
                complete(pended[0], STATUS_SUCCESS);
              });
        });
  }

  @Test
  void anIrpThatCannotBeCancelledKeepsItsThread() {
    assertFinds(
        "CancelledIrpNotCompleted",
        2,
        machine -> {
          KEvent event = new KEvent("done", KEvent.Type.NOTIFICATION_EVENT, false);
          DeviceObject device =
              device(
                  machine,
                  (own, irp) -> {
                    irp.markPending();
                    return STATUS_PENDING;
                  });
          machine.startThread(
              "Requester", () -> device.io().callDriver(device, read(device, event, new IoStatusBlock())));
        });
  }

  @Test
  @Statement({88, 89})
  void whoSeesTheEventSeesTheStatusBlock() {
    assertSafe(
        2,
        machine -> {
          KEvent event = new KEvent("done", KEvent.Type.NOTIFICATION_EVENT, false);
          IoStatusBlock iosb = new IoStatusBlock();
          Irp[] pended = new Irp[1];
          KEvent sent = new KEvent("sent", KEvent.Type.SYNCHRONIZATION_EVENT, false);
          DeviceObject device =
              device(
                  machine,
                  (own, irp) -> {
                    irp.markPending();
                    pended[0] = irp;
                    sent.set();
                    return STATUS_PENDING;
                  });
          machine.startThread(
              "Requester",
              () -> {
                device.io().callDriver(device, read(device, event, iosb));
                event.waitForSingleObject();
                assertEquals(STATUS_SUCCESS, iosb.status());
              });
          machine.startThread(
              "Driver",
              () -> {
                sent.waitForSingleObject();
                complete(pended[0], STATUS_SUCCESS);
              });
        });
  }

  @Test
  void closeFollowsTheLastOfHandleAndRequest() {
    assertSafe(
        2,
        machine -> {
          AtomicInteger order = new AtomicInteger();
          DeviceObject device = device(machine, ThreadedIrpsTest::pendCancelable);
          Irp[] read = new Irp[1];
          device
              .driverObject()
              .setMajorFunction(
                  IRP_MJ_CLEANUP,
                  (own, irp) -> {
                    order.compareAndSet(0, 1);
                    return complete(irp, STATUS_SUCCESS);
                  })
              .setMajorFunction(
                  IRP_MJ_CLOSE,
                  (own, irp) -> {
                    assertEquals(1, order.getAndIncrement());
                    assertEquals(STATUS_CANCELLED, read[0].userIosb().status());
                    return complete(irp, STATUS_SUCCESS);
                  });
          Handle handle = device.io().createFile(device, "file");
          FileObject file = handle.fileObject();
          read[0] = device.io().request(file, IRP_MJ_READ);
          machine.startThread("Close", handle::close);
          machine.startThread("Cancel", () -> device.io().cancelIrp(read[0]));
          machine.afterwards(() -> assertEquals(2, order.get()));
        });
  }
}
