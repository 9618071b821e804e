package org.cancelsafe.testkit;

import org.cancelsafe.csq.CsqCallbacks;
import org.cancelsafe.csq.IoCsqIrpContext;
import org.cancelsafe.emu.io.FileObject;
import org.cancelsafe.emu.io.Irp;
import org.cancelsafe.emu.io.NtStatus;
import org.jspecify.annotations.Nullable;

/**
 * A cancel-safe queue as its driver uses it. {@link #of} makes one of callbacks; a queue that is not built on {@code
 * IO_CSQ} implements this.
 */
public interface QueueUnderTest {
  /**
   * Marks the IRP pending and queues it.
   *
   * @param context to remove it by, or null
   * @return a success code; or an error code when it was not queued and is still its caller's
   */
  NtStatus insert(Irp irp, @Nullable IoCsqIrpContext context);

  /** Removes the next IRP, of this file if that is not null; returns null when there is none. */
  @Nullable Irp removeNext(@Nullable FileObject file);

  /** Removes the IRP that was inserted with this context; returns null when it is not there any more. */
  @Nullable Irp remove(IoCsqIrpContext context);

  /** Completes what is queued for this file with STATUS_CANCELLED. */
  void cleanup(FileObject file);

  /** Whether nothing of a file is queued any more, or ever again, when its {@link #cleanup} has returned. */
  boolean closesFiles();

  /** An {@code IO_CSQ} with these callbacks; they take a peek context for the file whose IRPs are meant. */
  static QueueUnderTest of(CsqCallbacks callbacks) {
    return new CallbacksUnderTest(callbacks);
  }
}
