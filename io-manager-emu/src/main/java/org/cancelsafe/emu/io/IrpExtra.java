package org.cancelsafe.emu.io;

import java.util.concurrent.atomic.AtomicInteger;
import org.cancelsafe.emu.ke.KDeviceQueueEntry;
import org.cancelsafe.emu.ke.KEvent;
import org.cancelsafe.emu.ke.KProcessorMode;
import org.cancelsafe.emu.machine.Activity;
import org.jspecify.annotations.Nullable;

/** What only few IRPs have: where it comes from, and who is told of its end. */
final class IrpExtra {
  private final AtomicInteger associated = new AtomicInteger();
  IrpOrigin origin = IrpOrigin.ALLOCATED;
  KProcessorMode requestorMode = KProcessorMode.KERNEL_MODE;
  @Nullable Activity thread;
  @Nullable ThreadIo threadIo;
  @Nullable KEvent userEvent;
  @Nullable IoStatusBlock userIosb;
  @Nullable Irp master;
  @Nullable Object systemBuffer;
  @Nullable Object userBuffer;
  @Nullable Mdl mdlAddress;
  @Nullable FileObject referenced;
  private @Nullable KDeviceQueueEntry deviceQueueEntry;

  KDeviceQueueEntry deviceQueueEntry(Irp irp) {
    KDeviceQueueEntry entry = deviceQueueEntry;
    if (entry == null) {
      entry = new KDeviceQueueEntry(irp);
      deviceQueueEntry = entry;
    }
    return entry;
  }

  /** {@code Irp->AssociatedIrp.IrpCount}. */
  int irpCount() {
    return associated.get();
  }

  void countAssociated() {
    associated.incrementAndGet();
  }

  /** One of the associated IRPs was completed; whether that was the last. */
  boolean lastAssociatedEnded() {
    return associated.decrementAndGet() == 0;
  }

  /** The IRP gives its reference to the file object back. */
  void releaseFile() {
    FileObject file = referenced;
    if (file != null) {
      referenced = null;
      file.dereference();
    }
  }

  /** The IRP was completed to the top. */
  void completed(Irp irp, NtStatus status, long information, boolean pending) {
    switch (origin) {
      case THREADED -> endThreaded(irp, status, information, pending);
      case ASYNCHRONOUS -> tellRequester(status, information);
      case ASSOCIATED -> endAssociated(irp);
      default -> {
        // its maker's again
      }
    }
    releaseFile();
  }

  /** A request that fails at once is told by what IoCallDriver returns, and by nothing else. */
  private void endThreaded(Irp irp, NtStatus status, long information, boolean pending) {
    boolean failedAtOnce = status.isError() && !pending;
    if (!failedAtOnce && thread != null) {
      tellRequester(status, information);
    }
    ThreadIo list = threadIo;
    if (list == null || list.remove(irp)) {
      irp.io().release(irp);
    }
  }

  private void tellRequester(NtStatus status, long information) {
    if (userIosb != null) {
      userIosb.write(status, information);
    }
    if (userEvent != null) {
      userEvent.set();
    }
  }

  private void endAssociated(Irp irp) {
    irp.io().release(irp);
    Irp whole = master;
    if (whole != null && whole.extra().lastAssociatedEnded()) {
      whole.io().completeRequest(whole);
    }
  }
}
