package org.cancelsafe.examples.textbook;

import static java.util.Objects.requireNonNull;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_CLEANUP;
import static org.cancelsafe.emu.io.MajorFunction.IRP_MJ_READ;
import static org.cancelsafe.emu.io.NtStatus.STATUS_CANCELLED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_FILE_CLOSED;
import static org.cancelsafe.emu.io.NtStatus.STATUS_PENDING;
import static org.cancelsafe.emu.io.NtStatus.STATUS_SUCCESS;

import java.util.function.Supplier;
import org.cancelsafe.emu.ex.InterlockedLong;
import org.cancelsafe.emu.io.DeviceObject;
import org.cancelsafe.emu.io.DriverObject;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.IoManager;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Shared;
import org.cancelsafe.examples.drivers.Expect;
import org.cancelsafe.examples.drivers.PoolBlock;
import org.cancelsafe.hunter.scenario.Scenario.Model;

/**
 * A {@link PendingReadDriver} that serves IRP_MJ_CLEANUP: from then on no read of the file gets in, which is decided
 * under the queue's lock, and those that wait are cancelled. What is kept per file goes when cleanup is through and the
 * last read is completed, whichever comes last.
 */
class CleanupDriver extends PendingReadDriver {
  /** What {@code FsContext} points at. */
  static final class Open {
    final Shared<Boolean> closing = new Shared<>("closing", false);
    final InterlockedLong references = new InterlockedLong("references", 1);
    final PoolBlock memory = new PoolBlock("Open");

    /** Whoever gives back the last reference frees. */
    void dereference() {
      if (references.decrement() == 0) {
        memory.free();
      }
    }
  }

  @Override
  protected DriverObject driverObject() {
    return super.driverObject().setMajorFunction(IRP_MJ_CLEANUP, this::cleanup);
  }

  @Override
  protected NtStatus read(DeviceObject device, Irp irp) {
    Extension extension = extensionOf(device);
    Open open = openOf(irp);
    Irql irql = extension.lock.acquire();
    if (isClosing(open)) {
      extension.lock.release(irql);
      super.complete(irp, STATUS_FILE_CLOSED);
      return STATUS_FILE_CLOSED;
    }
    open.references.increment();
    irp.markPending();
    extension.queue.insertTail(irp.listEntry());
    boolean cancelled = makeCancelable(irp);
    extension.lock.release(irql);
    if (cancelled) {
      complete(irp, STATUS_CANCELLED);
    }
    return STATUS_PENDING;
  }

  /** Whether reads are kept out. The lock is held. */
  boolean isClosing(Open open) {
    return open.closing.get();
  }

  private NtStatus cleanup(DeviceObject device, Irp irp) {
    Extension extension = extensionOf(device);
    Open open = openOf(irp);
    Irql irql = extension.lock.acquire();
    open.closing.set(true);
    extension.lock.release(irql);
    for (Irp read = dequeue(extension); read != null; read = dequeue(extension)) {
      complete(read, STATUS_CANCELLED);
    }
    cleanedUp(open);
    super.complete(irp, STATUS_SUCCESS);
    return STATUS_SUCCESS;
  }

  /** The file's context is not needed by cleanup any more. */
  void cleanedUp(Open open) {
    open.dereference();
  }

  @Override
  protected final void complete(Irp irp, NtStatus status) {
    Open open = openOf(irp);
    open.memory.use();
    super.complete(irp, status);
    open.dereference();
  }

  private static Open openOf(Irp irp) {
    FileObject file = requireNonNull(irp.currentStackLocation().fileObject());
    return (Open) requireNonNull(file.fsContext());
  }

  /** A read is sent while its file is cleaned up. */
  static Model readWhileCleaningUp(Supplier<CleanupDriver> driver) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      Irp read = newRead(io, driver.get().addDevice(io));
      FileObject file = requireNonNull(read.nextStackLocation().fileObject());
      machine.startThread("Read", () -> io.callDriver(file.deviceObject(), read));
      machine.startThread("Cleanup", () -> io.request(file, IRP_MJ_CLEANUP));
      machine.afterwards(() -> Expect.completed(read));
    };
  }

  /** A read that waits is cancelled while its file is cleaned up. */
  static Model cancelWhileCleaningUp(Supplier<CleanupDriver> driver) {
    return machine -> {
      IoManager io = IoManager.of(machine);
      Irp read = newRead(io, driver.get().addDevice(io));
      FileObject file = requireNonNull(read.nextStackLocation().fileObject());
      io.callDriver(file.deviceObject(), read);
      machine.startThread("Cancel", () -> io.cancelIrp(read));
      machine.startThread("Cleanup", () -> io.request(file, IRP_MJ_CLEANUP));
    };
  }

  private static Irp newRead(IoManager io, DeviceObject device) {
    FileObject file = new FileObject("file", device);
    file.setFsContext(new Open());
    return io.buildRequest(file, IRP_MJ_READ);
  }
}
