package org.cancelsafe.examples.samples;

import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_WRITE;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import java.util.function.Function;
import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.ke.KThread;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.hunter.scenario.Scenario.Model;

/**
 * S-6, after the ndisprot sample's {@code send.c}: a write is given to the driver below, which alone completes it. The
 * cancel routine only asks it to hurry: it looks whether the write is still under way and asks for it to be aborted.
 *
 * <p>So the write can be completed while its cancel routine is on its way, and that must not touch it any more. It
 * does its work under the cancel spin lock, which it gives back last; and who completes, having found the routine gone,
 * takes that lock once and gives it back, after which the cancel routine is through.
 */
class NdisprotSend {
  private final IoManager io;
  private final KSpinLock lock = new KSpinLock("Lock");
  private final ListEntry pendedWrites = new ListEntry("PendedWrites");
  private final Shared<Boolean> abort = new Shared<>("abort", false);
  private final KEvent sent = new KEvent("sent", KEvent.Type.NOTIFICATION_EVENT, false);

  NdisprotSend(IoManager io) {
    this.io = io;
  }

  private NtStatus write(DeviceObject device, Irp irp) {
    Irql irql = lock.acquire();
    irp.markPending();
    pendedWrites.insertTail(irp.listEntry());
    irp.setCancelRoutine(this::cancel);
    boolean cancelled = irp.cancel() && irp.setCancelRoutine(null) != null;
    if (cancelled) {
      irp.listEntry().removeEntry();
    }
    lock.release(irql);
    if (cancelled) {
      irp.setIoStatus(STATUS_CANCELLED, 0);
      io.completeRequest(irp);
    } else {
      sent.set();
    }
    return STATUS_PENDING;
  }

  private void cancel(DeviceObject device, Irp irp) {
    Irql irql = lock.acquire();
    if (irp.listEntry().isLinked()) {
      abort.set(true);
    }
    lock.release(irql);
    io.releaseCancelSpinLock(irp.cancelIrql());
  }

  /** The driver below has sent the packet, or aborted. */
  private void sendComplete() {
    Irql irql = lock.acquire();
    Irp irp = Irp.fromListEntry(pendedWrites.removeHead());
    boolean aborted = abort.get();
    lock.release(irql);
    if (irp.setCancelRoutine(null) == null) {
      awaitCancelRoutine();
    }
    irp.setIoStatus(aborted ? STATUS_CANCELLED : STATUS_SUCCESS, 0);
    io.completeRequest(irp);
  }

  /** The rendezvous: whoever calls a cancel routine holds the cancel spin lock until the routine gives it back. */
  void awaitCancelRoutine() {
    Irql irql = io.acquireCancelSpinLock();
    io.releaseCancelSpinLock(irql);
  }

  /** A write is cancelled while the driver below sends it. */
  static Model sendAndCancel(Function<IoManager, NdisprotSend> load) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      NdisprotSend driver = load.apply(io);
      DriverObject object = new DriverObject("ndisprot").setMajorFunction(IRP_MJ_WRITE, driver::write);
      DeviceObject device = io.createDevice(object, "ndisprot", null);
      Irp write = io.buildRequest(new FileObject("adapter", device), IRP_MJ_WRITE);
      machine.startThread("Write", () -> io.callDriver(device, write));
      machine.startThread("Cancel", () -> io.cancelIrp(write));
      KThread.createSystemThread(
          machine,
          "Adapter",
          () -> {
            driver.sent.waitForSingleObject();
            driver.sendComplete();
          });
    };
  }
}
