package org.cancelsafe.examples.samples;

import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import org.cancelsafe.csq.FifoCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.IoRemoveLock;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KSemaphore;
import org.cancelsafe.emu.ke.KThread;
import org.cancelsafe.emu.machine.Machine;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.examples.drivers.Expect;
import org.jspecify.annotations.Nullable;

/**
 * S-1, after general/cancel/sys: reads go into a cancel-safe queue, and a system thread serves them. A semaphore counts
 * the inserts; because cancelling takes an IRP out without taking from the semaphore, its count is the length of the
 * queue plus the IRPs that were cancelled and that the thread has not noticed, and the thread may find nothing. A
 * remove lock per file keeps reads out once the file is cleaned up. Unload stops the thread and waits for its end.
 *
 * <p>Critical regions, which keep a thread from being suspended in the middle of a dispatch routine, are left out.
 */
class PollingDriver {
  final IoManager io;
  final IoCsq csq = new IoCsq();
  final KSemaphore irpsQueued;

  private final Machine machine;
  private final DeviceObject device;
  private final InterlockedLong threadShouldStop = new InterlockedLong("ThreadShouldStop", 0);
  private final Shared<Boolean> extensionExists = new Shared<>("DeviceExtension", true);
  private @Nullable KThread thread;

  PollingDriver(Machine machine) {
    this(machine, Integer.MAX_VALUE);
  }

  /**
   * The driver, loaded, its thread not yet started.
   *
   * @param limit of the semaphore
   */
  PollingDriver(Machine machine, int limit) {
    this.machine = machine;
    io = IoManager.of(machine);
    irpsQueued = new KSemaphore("IrpsQueued", 0, limit);
    csq.initialize(new FifoCallbacks("queue"));
    DriverObject driver =
        new DriverObject("polling")
            .setMajorFunction(MajorFunction.IRP_MJ_READ, this::read)
            .setMajorFunction(MajorFunction.IRP_MJ_CLEANUP, this::cleanup);
    device = io.createDevice(driver, "polling0", this);
  }

  void startThread() {
    thread = KThread.createSystemThread(machine, "PollingThread", this::poll);
  }

  // the driver's routines

  NtStatus read(DeviceObject device, Irp irp) {
    IoRemoveLock fileLock = LockedFiles.lockOf(irp);
    NtStatus status = fileLock.acquire();
    if (!status.isSuccess()) {
      complete(irp, status);
      return status;
    }
    csq.insertIrp(irp, null);
    irpsQueued.release(1);
    fileLock.release();
    return STATUS_PENDING;
  }

  NtStatus cleanup(DeviceObject device, Irp irp) {
    IoRemoveLock fileLock = LockedFiles.lockOf(irp);
    fileLock.acquire();
    fileLock.releaseAndWait();
    return drain(irp);
  }

  /** Completes what is queued for the file of a cleanup, then the cleanup itself. */
  final NtStatus drain(Irp cleanup) {
    FileObject file = cleanup.currentStackLocation().fileObject();
    Irp queued = csq.removeNextIrp(file);
    while (queued != null) {
      complete(queued, STATUS_CANCELLED);
      queued = csq.removeNextIrp(file);
    }
    complete(cleanup, STATUS_SUCCESS);
    return STATUS_SUCCESS;
  }

  private void poll() {
    while (true) {
      irpsQueued.waitForSingleObject();
      Expect.that(extensionExists.get(), "the thread uses the device extension after unload");
      if (shouldStop()) {
        return;
      }
      serve(csq.removeNextIrp(null));
    }
  }

  /** Null when the IRP that was counted has been cancelled. */
  void serve(@Nullable Irp irp) {
    if (irp != null) {
      complete(irp, STATUS_SUCCESS);
    }
  }

  void unload() {
    stopThread();
    extensionExists.set(false);
  }

  void stopThread() {
    tellToStop();
    irpsQueued.release(1);
    if (thread != null) {
      thread.waitForSingleObject();
    }
  }

  boolean shouldStop() {
    return threadShouldStop.read() != 0;
  }

  void tellToStop() {
    threadShouldStop.write(1);
  }

  final void complete(Irp irp, NtStatus status) {
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

  void close(FileObject file) {
    io.request(file, MajorFunction.IRP_MJ_CLEANUP);
  }
}
