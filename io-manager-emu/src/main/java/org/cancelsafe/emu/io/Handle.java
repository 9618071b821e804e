package org.cancelsafe.emu.io;

import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.machine.Activity;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.verifier.Rule;

/**
 * {@code HANDLE} of a file: what {@link IoManager#createFile} gives. When the last handle of a file object is closed
 * its driver gets {@code IRP_MJ_CLEANUP}, in the closer's context; requests may still be pending then, and even come
 * in.
 *
 * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/kernel/irp-mj-cleanup">IRP_MJ_CLEANUP</a>
 */
public final class Handle {
  private final FileObject file;
  private final NtStatus status;
  private final AtomicInteger handles;
  private boolean open;

  Handle(FileObject file, NtStatus status, AtomicInteger handles) {
    this.file = file;
    this.status = status;
    this.handles = handles;
    this.open = status.isSuccess();
  }

  /** What the create request ended with; when that is no success, the handle is not open. */
  public NtStatus status() {
    return status;
  }

  /** Whether the handle can be used. */
  public synchronized boolean isOpen() {
    return open;
  }

  /** {@code ObReferenceObjectByHandle} without the reference: the file object. */
  public FileObject fileObject() {
    if (!isOpen()) {
      throw new IllegalStateException("STATUS_INVALID_HANDLE: the handle of " + file + " is not open");
    }
    return file;
  }

  /** {@code ZwDuplicateObject}: another handle of the same file object. */
  public Handle duplicate() {
    fileObject();
    handles.incrementAndGet();
    return new Handle(file, status, handles);
  }

  /**
   * {@code ZwClose}: closes the handle. The last one sends {@code IRP_MJ_CLEANUP} and waits for it; when no request
   * refers to the file object any more, {@code IRP_MJ_CLOSE} follows.
   *
   * <p>IRQL: PASSIVE_LEVEL. Bug check: {@code 0x4A} above.
   *
   * @return STATUS_SUCCESS; STATUS_INVALID_HANDLE when it is not open
   * @see <a href="https://learn.microsoft.com/windows-hardware/drivers/ddi/ntifs/nf-ntifs-ntclose">ZwClose</a>
   */
  public NtStatus close() {
    Activity self = Activity.current();
    if (!self.isAt(Irql.PASSIVE_LEVEL)) {
      throw Rule.IRQL_GT_ZERO_AT_SYSTEM_SERVICE.violated(
          self.machine(), "ZwClose of " + file + " at " + self.irql(), self, self.irql().level());
    }
    synchronized (this) {
      if (!open) {
        return NtStatus.STATUS_INVALID_HANDLE;
      }
      open = false;
    }
    if (handles.decrementAndGet() == 0) {
      file.deviceObject().io().requests().cleanUp(file);
    }
    return NtStatus.STATUS_SUCCESS;
  }

  @Override
  public String toString() {
    return "handle of " + file;
  }
}
