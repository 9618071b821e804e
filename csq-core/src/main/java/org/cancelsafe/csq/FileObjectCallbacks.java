package org.cancelsafe.csq;

import com.google.common.collect.ImmutableSet;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.cancelsafe.emu.machine.Irql;
import org.cancelsafe.emu.machine.Shared;
import org.jspecify.annotations.Nullable;

/**
 * First in, first out, and closable per file object: the queue for a driver that serves {@code IRP_MJ_CLEANUP}. Once a
 * file is closed, under the queue's lock, no IRP of it gets in, so what cleanup drains is all there will be; a request
 * that passed its dispatch routine just before is declined with STATUS_FILE_CLOSED, so insert with {@link
 * IoCsq#insertIrpEx} and look at what it returns.
 */
public final class FileObjectCallbacks extends FifoCallbacks implements CsqCallbacksEx {
  private final Shared<ImmutableSet<FileObject>> closed;

  /** An empty queue with this name for traces. */
  public FileObjectCallbacks(String name) {
    super(name);
    this.closed = new Shared<>(name + ".closed", ImmutableSet.of());
  }

  /** Queues the IRP, or declines it with STATUS_FILE_CLOSED. */
  @Override
  public NtStatus insertIrpEx(IoCsq csq, Irp irp, @Nullable Object insertContext) {
    FileObject file = irp.currentStackLocation().fileObject();
    if (file != null && closed.get().contains(file)) {
      return NtStatus.STATUS_FILE_CLOSED;
    }
    queue().insertTail(irp.listEntry());
    return NtStatus.STATUS_SUCCESS;
  }

  /**
   * What a cleanup routine does to the queue: closes the file and completes what is queued for it with
   * STATUS_CANCELLED. IRPs that are being cancelled at the moment are left to their cancel routine.
   *
   * <p>IRQL: at most DISPATCH_LEVEL.
   */
  public void cleanup(IoCsq csq, FileObject file) {
    Irql irql = acquireLock(csq);
    closed.set(ImmutableSet.<FileObject>builder().addAll(closed.get()).add(file).build());
    releaseLock(csq, irql);
    Irp irp = csq.removeNextIrp(file);
    while (irp != null) {
      completeCanceledIrp(csq, irp);
      irp = csq.removeNextIrp(file);
    }
  }

  /** Opens a file again, as when its object is used for a new handle. IRQL: at most DISPATCH_LEVEL. */
  public void reopen(IoCsq csq, FileObject file) {
    Irql irql = acquireLock(csq);
    closed.set(
        closed.get().stream().filter(other -> other != file).collect(ImmutableSet.toImmutableSet()));
    releaseLock(csq, irql);
  }
}
