package org.cancelsafe.testkit.contract;

import org.cancelsafe.emu.ex.ListEntry;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.MajorFunction;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.ke.KSpinLock;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.testkit.DriverUnderTest;
import org.jspecify.annotations.Nullable;

/** A driver with a list and a cancel routine of its own; right as it is, and wrong where a test overrides it. */
class HandMadeDriver implements DriverUnderTest {
  final ListEntry reads = new ListEntry("reads");
  final KSpinLock lock = new KSpinLock("lock");
  final Shared<Boolean> gone = new Shared<>("gone", false);
  private final DeviceObject device;

  HandMadeDriver(IoManager io) {
    DriverObject driver =
        new DriverObject("by hand")
            .setMajorFunction(MajorFunction.IRP_MJ_READ, this::read)
            .setMajorFunction(MajorFunction.IRP_MJ_CLEANUP, this::dispatchCleanup);
    device = io.createDevice(driver, "dev0", null);
  }

  NtStatus read(DeviceObject target, Irp irp) {
    Irql irql = lock.acquire();
    if (gone.get()) {
      lock.release(irql);
      complete(irp, NtStatus.STATUS_DELETE_PENDING);
      return NtStatus.STATUS_DELETE_PENDING;
    }
    irp.markPending();
    if (starts(irp)) {
      lock.release(irql);
      return NtStatus.STATUS_PENDING;
    }
    reads.insertTail(irp.listEntry());
    irp.setCancelRoutine(this::cancel);
    boolean cancelled = irp.cancel() && irp.setCancelRoutine(null) != null;
    if (cancelled) {
      irp.listEntry().removeEntry();
    }
    lock.release(irql);
    if (cancelled) {
      complete(irp, NtStatus.STATUS_CANCELLED);
    }
    return NtStatus.STATUS_PENDING;
  }

  /** Whether the hardware takes it at once. The lock is held. */
  boolean starts(Irp irp) {
    return false;
  }

  void cancel(DeviceObject target, Irp irp) {
    irp.io().releaseCancelSpinLock(irp.cancelIrql());
    Irql irql = lock.acquire();
    irp.listEntry().removeEntry();
    lock.release(irql);
    complete(irp, NtStatus.STATUS_CANCELLED);
  }

  /** Takes out the first of this file, or of all, that is not being cancelled. */
  @Nullable Irp take(@Nullable FileObject file) {
    Irql irql = lock.acquire();
    Irp taken = claim(file);
    lock.release(irql);
    return taken;
  }

  /** The same; the lock is held. */
  final @Nullable Irp claim(@Nullable FileObject file) {
    Irp taken = null;
    ListEntry entry = reads.flink();
    while (taken == null && entry != null && entry != reads) {
      Irp irp = Irp.fromListEntry(entry);
      entry = entry.flink();
      boolean matches = file == null || irp.currentStackLocation().fileObject() == file;
      if (matches && irp.setCancelRoutine(null) != null) {
        irp.listEntry().removeEntry();
        taken = irp;
      }
    }
    return taken;
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
    drain(file, Integer.MAX_VALUE);
  }

  final void drain(@Nullable FileObject file, int most) {
    Irp irp = most > 0 ? take(file) : null;
    for (int left = most; irp != null; irp = --left > 0 ? take(file) : null) {
      complete(irp, NtStatus.STATUS_CANCELLED);
    }
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
    Irp irp = take(null);
    if (irp != null) {
      complete(irp, NtStatus.STATUS_SUCCESS);
    }
  }

  final void close() {
    Irql irql = lock.acquire();
    gone.set(true);
    lock.release(irql);
  }

  @Override
  public void unload() {
    close();
    drain(null, Integer.MAX_VALUE);
  }
}
