package org.cancelsafe.testkit.contract;

import org.cancelsafe.csq.FileObjectCallbacks;
import org.cancelsafe.csq.IoCsq;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.testkit.DriverUnderTest;
import org.jspecify.annotations.Nullable;

/** A driver that pends reads in a cancel-safe queue; right as it is, and wrong where a test overrides it. */
class CsqDriver implements DriverUnderTest {
  /** The queue, which declines under its own lock once the driver is gone. */
  static final class Gate {
    final FileObjectCallbacks callbacks = new FileObjectCallbacks("reads");
    final Shared<Boolean> gone = new Shared<>("gone", false);
  }

  final Gate gate = new Gate();
  final IoCsq csq = new IoCsq();
  private final DeviceObject device;

  CsqDriver(IoManager io) {
    csq.initializeEx(new Declining(gate));
    DriverObject driver =
        new DriverObject("reader")
            .setMajorFunction(MajorFunction.IRP_MJ_READ, this::read)
            .setMajorFunction(MajorFunction.IRP_MJ_CLEANUP, this::dispatchCleanup);
    device = io.createDevice(driver, "dev0", null);
  }

  NtStatus read(DeviceObject target, Irp irp) {
    NtStatus status = csq.insertIrpEx(irp, null, null);
    if (status.isSuccess()) {
      return NtStatus.STATUS_PENDING;
    }
    complete(irp, status);
    return status;
  }

  private NtStatus dispatchCleanup(DeviceObject target, Irp irp) {
    FileObject file = irp.currentStackLocation().fileObject();
    if (file != null) {
      cleanUp(file);
    }
    complete(irp, NtStatus.STATUS_SUCCESS);
    return NtStatus.STATUS_SUCCESS;
  }

  void cleanUp(FileObject file) {
    gate.callbacks.cleanup(csq, file);
  }

  static void complete(Irp irp, NtStatus status) {
    irp.setIoStatus(status, 0);
    irp.io().completeRequest(irp);
  }

  @Override
  public DeviceObject device() {
    return device;
  }

  @Override
  public void serve() {
    Irp irp = csq.removeNextIrp(null);
    if (irp != null) {
      complete(irp, NtStatus.STATUS_SUCCESS);
    }
  }

  void close() {
    Irql irql = gate.callbacks.acquireLock(csq);
    gate.gone.set(true);
    gate.callbacks.releaseLock(csq, irql);
  }

  @Override
  public void unload() {
    close();
    drain(null);
  }

  final void drain(@Nullable FileObject file) {
    for (Irp irp = csq.removeNextIrp(file); irp != null; irp = csq.removeNextIrp(file)) {
      complete(irp, NtStatus.STATUS_CANCELLED);
    }
  }
}
