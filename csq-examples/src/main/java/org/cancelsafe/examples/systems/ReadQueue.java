package org.cancelsafe.examples.systems;

import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.jspecify.annotations.Nullable;

/** What one device does with its reads: it pends them until somebody serves the next one. */
interface ReadQueue {
  /** Queues a read. The dispatch routine returns STATUS_PENDING whatever becomes of it. */
  void insert(Irp irp);

  /** Takes the read that has waited longest; null when there is none. */
  @Nullable Irp next();

  /** How often somebody had to spin for a lock of the queue's own. */
  long contentions();

  /** A device whose reads go into this queue. */
  default DeviceObject device(IoManager io, String name) {
    DriverObject driver = new DriverObject(name);
    driver.setMajorFunction(
        MajorFunction.IRP_MJ_READ,
        (device, irp) -> {
          insert(irp);
          return NtStatus.STATUS_PENDING;
        });
    return io.createDevice(driver, name, this);
  }

  /** Serves the read that has waited longest, if there is one. */
  default boolean serve() {
    Irp irp = next();
    if (irp == null) {
      return false;
    }
    irp.setIoStatus(NtStatus.STATUS_SUCCESS, 0);
    irp.io().completeRequest(irp);
    return true;
  }
}
