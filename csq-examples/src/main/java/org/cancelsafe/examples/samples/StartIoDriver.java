package org.cancelsafe.examples.samples;

import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import org.cancelsafe.csq.CsqCallbacksEx;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.csq.StartIoCallbacks;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.IoRemoveLock;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KDpc;
import org.cancelsafe.emu.ke.KTimer;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.examples.drivers.Expect;
import org.jspecify.annotations.Nullable;

/**
 * S-2, after general/cancel/startio: a cancel-safe queue in the place of StartIo. A read that finds the device idle is
 * declined by the queue and started by its own dispatch routine; the others wait. The device is polled: while it is not
 * ready a timer's DPC asks again, and when it is, the next IRP is taken out of the queue and started. An IRP in service
 * has no cancel routine. A remove lock per file keeps reads out once the file is cleaned up.
 *
 * <p>The device remembers which IRP it serves, as plain memory that nothing guards. So two IRPs in service at a time
 * are noticed, and so is a hand-over from one to the next that nothing orders.
 *
 * <p>Critical regions, which keep a thread from being suspended in the middle of a dispatch routine, are left out.
 */
class StartIoDriver {
  private static final long POLLING_INTERVAL = 10;

  final IoCsq csq = new IoCsq();

  private final IoManager io;
  private final boolean fastDevice;
  private final DeviceObject device;
  private final KTimer timer = new KTimer("PollingTimer");
  private final KDpc dpc = new KDpc("PollingDpc", (self, context, one, two) -> pollAgain(), null);
  private final Shared<@Nullable Irp> inService = new Shared<>("device", null);

  /**
   * The driver, loaded.
   *
   * @param fastDevice whether the device is ready whenever it is polled; otherwise it is, the second time
   */
  StartIoDriver(Machine machine, CsqCallbacksEx callbacks, boolean fastDevice) {
    this.fastDevice = fastDevice;
    io = IoManager.of(machine);
    csq.initializeEx(callbacks);
    DriverObject driver =
        new DriverObject("startio")
            .setMajorFunction(MajorFunction.IRP_MJ_READ, this::read)
            .setMajorFunction(MajorFunction.IRP_MJ_CLEANUP, this::cleanup);
    device = io.createDevice(driver, "startio0", this);
  }

  static StartIoDriver ofSlowDevice(Machine machine) {
    return new StartIoDriver(machine, new StartIoCallbacks("queue"), false);
  }

  static StartIoDriver ofFastDevice(Machine machine) {
    return new StartIoDriver(machine, new StartIoCallbacks("queue"), true);
  }

  // the driver's routines

  private NtStatus read(DeviceObject device, Irp irp) {
    IoRemoveLock fileLock = LockedFiles.lockOf(irp);
    NtStatus status = fileLock.acquire();
    if (!status.isSuccess()) {
      complete(irp, status);
      return status;
    }
    if (!insert(irp).isSuccess()) {
      irp.markPending();
      initiateIo(irp);
    }
    fileLock.release();
    return STATUS_PENDING;
  }

  /** Queues the IRP; on an error code it is the current one, to be started. */
  NtStatus insert(Irp irp) {
    return csq.insertIrpEx(irp, null, null);
  }

  private void initiateIo(@Nullable Irp first) {
    Irp irp = first;
    while (irp != null) {
      Irp before = inService.get();
      Expect.that(before == null, "the device gets " + irp + " while it serves " + before);
      inService.set(irp);
      if (!fastDevice) {
        timer.set(POLLING_INTERVAL, dpc);
        return;
      }
      irp = finish(irp);
    }
  }

  private void pollAgain() {
    Irp irp = inService.get();
    if (irp == null) {
      throw new AssertionError("the timer was set, and the device serves no IRP");
    }
    initiateIo(finish(irp));
  }

  /** Completes what the device has done; returns what it does next. */
  private @Nullable Irp finish(Irp irp) {
    inService.set(null);
    complete(irp, STATUS_SUCCESS);
    return nextIrp();
  }

  /** The next IRP, now the current one; or null, and the device is idle. */
  @Nullable Irp nextIrp() {
    return csq.removeNextIrp(null);
  }

  private NtStatus cleanup(DeviceObject device, Irp irp) {
    IoRemoveLock fileLock = LockedFiles.lockOf(irp);
    fileLock.acquire();
    fileLock.releaseAndWait();
    FileObject file = irp.currentStackLocation().fileObject();
    Irp queued = csq.removeNextIrp(peekContext(file));
    while (queued != null) {
      complete(queued, STATUS_CANCELLED);
      queued = csq.removeNextIrp(peekContext(file));
    }
    complete(irp, STATUS_SUCCESS);
    return STATUS_SUCCESS;
  }

  /** What cleanup looks for. */
  @Nullable Object peekContext(@Nullable FileObject file) {
    return file;
  }

  private void complete(Irp irp, NtStatus status) {
    irp.setIoStatus(status, 0);
    io.completeRequest(irp);
  }

  // its users

  FileObject open(String name) {
    return LockedFiles.open(name, device);
  }

  Irp newRead(FileObject file) {
    return io.buildRequest(file, MajorFunction.IRP_MJ_READ);
  }

  void send(Irp irp) {
    io.callDriver(device, irp);
  }

  void cancel(Irp irp) {
    io.cancelIrp(irp);
  }

  void close(FileObject file) {
    io.request(file, MajorFunction.IRP_MJ_CLEANUP);
  }
}
